import type { RoomTokenSession } from "telnyx-room-tokens/session";
import { onMounted, onUnmounted, shallowRef } from "vue";

export function useRoomToken(session: RoomTokenSession) {
  const snapshot = shallowRef(session.getSnapshot());
  const unsubscribe = session.subscribe((next) => {
    snapshot.value = next;
  });
  onMounted(() => session.start());
  onUnmounted(() => [unsubscribe(), session.stop()]);
  return snapshot;
}
