import { Anchor, Button, Menu, type AnchorProps, type ButtonProps, type MenuItemProps } from '@mantine/core';
import { createLink } from '@tanstack/react-router';
import type { AnchorHTMLAttributes } from 'react';

type LinkAttributes<Props> = Props & Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof Props>;

/** Mantine's looks with the router's checked `to` and `search`. */
export const ButtonLink = createLink((props: LinkAttributes<ButtonProps>) => <Button component="a" {...props} />);
export const AnchorLink = createLink((props: LinkAttributes<AnchorProps>) => <Anchor {...props} />);
export const MenuItemLink = createLink((props: LinkAttributes<MenuItemProps>) => (
  <Menu.Item component="a" {...props} />
));
