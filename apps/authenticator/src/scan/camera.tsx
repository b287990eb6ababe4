import { useEffect, useRef, useState } from 'react';

/** The live picture of the camera, read until `onText` takes a code. */
export function Camera({
  onText,
  onUnavailable,
}: {
  onText: (text: string) => void;
  onUnavailable: (why: string) => void;
}) {
  const video = useRef<HTMLVideoElement>(null);
  const [ready, setReady] = useState(false);
  const callbacks = useRef({ onText, onUnavailable });
  callbacks.current = { onText, onUnavailable };

  useEffect(() => {
    let stopped = false;
    let stream: MediaStream | undefined;
    void (async () => {
      try {
        stream = await navigator.mediaDevices.getUserMedia({
          video: { facingMode: 'environment', width: { ideal: 1280 } },
        });
        if (stopped || !video.current) return;
        video.current.srcObject = stream;
        await video.current.play();
        setReady(true);
        const { readQrCodes } = await import('./decode.ts');
        while (!stopped && video.current) {
          const [text] = video.current.readyState >= 2 ? await readQrCodes(video.current) : [];
          if (text !== undefined && !stopped) callbacks.current.onText(text);
          await new Promise((resolve) => setTimeout(resolve, 150));
        }
      } catch (error) {
        if (!stopped) callbacks.current.onUnavailable(reasonOf(error));
      }
    })();
    return () => {
      stopped = true;
      stream?.getTracks().forEach((track) => track.stop());
    };
  }, []);

  return (
    <div className="viewfinder">
      <video ref={video} muted playsInline aria-label="Camera picture" />
      <div className="viewfinder-frame" aria-hidden="true" />
      <p className="viewfinder-hint" role="status">
        {ready ? 'Hold the code inside the frame' : 'Opening the camera…'}
      </p>
    </div>
  );
}

function reasonOf(error: unknown): string {
  const { name } = error as Error;
  if (name === 'NotAllowedError') {
    return 'The camera is not allowed. Allow it in the browser’s settings for this site, or enter the code instead.';
  }
  if (name === 'NotFoundError' || name === 'TypeError') return 'No camera was found. Enter the code instead.';
  return 'The camera could not be opened. Enter the code instead.';
}
