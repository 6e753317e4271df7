/** The server's own minimum, said before the form is sent. */
export const PASSWORD_MIN = 8;
