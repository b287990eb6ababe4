/**
 * What a test changes of the machine itself, and takes back: once, when it is disposed of, or else when the process of
 * the test ends, which a test that failed may bring about before it is.
 */
export function undo(change: () => void): () => void {
  let done = false;
  const once = () => {
    if (done) return;
    done = true;
    process.removeListener('exit', once);
    change();
  };
  process.on('exit', once);
  return once;
}
