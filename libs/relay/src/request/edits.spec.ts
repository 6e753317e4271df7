import { applyEdits, dropMember, setMember } from './edits';
import { Body } from './members';

const edited = (text: string, name: string, more?: [string, unknown]) => {
  const body = Body.parse(Buffer.from(text));
  return applyEdits(body, [...dropMember(body, name), ...(more ? [setMember(body, ...more)] : [])]).toString();
};

it.each([
  ['first', '{"x":1,"y":2}', '{"y":2}'],
  ['in the middle', '{"a":0, "x" : {"x":[1,2]} ,"y":2}', '{"a":0, "y":2}'],
  ['last', '{"y":2 , "x":"a,b"}', '{"y":2 }'],
  ['alone', '{ "x":null }', '{  }'],
  ['absent', '{"y":2}', '{"y":2}'],
])('takes out a member that is %s', (_, text, wanted) => {
  expect(edited(text, 'x')).toBe(wanted);
});

it.each(['{"x":1,"y":2}', '{"y":2,"x":1}'])('sets another one in the same go: %s', (text) => {
  expect(JSON.parse(edited(text, 'x', ['y', 3]))).toEqual({ y: 3 });
  expect(JSON.parse(edited(text, 'x', ['z', 3]))).toEqual({ y: 2, z: 3 });
});
