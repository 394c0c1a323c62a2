using System.Buffers.Binary;
using System.Text;
using Mano.VimAdapters.Contract;

namespace Mano.VimAdapters.LocalContainers.Engine;

/// <summary>An engine's log stream: frames of 8 bytes of head (stream, three zeros, length in network order) and their text.</summary>
internal static class LogFrames
{
    /// <summary>The last bytes of all frames together, holding no more than those in memory.</summary>
    public static async Task<ComputeLog> ReadTailAsync(Stream stream, int limit, CancellationToken cancellationToken)
    {
        var tail = new byte[limit];
        var total = 0L;
        var head = new byte[8];
        var piece = new byte[16 * 1024];
        while (await stream.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellationToken) == head.Length)
        {
            var left = BinaryPrimitives.ReadUInt32BigEndian(head.AsSpan(4));
            while (left > 0)
            {
                var read = await stream.ReadAsync(piece.AsMemory(0, (int)Math.Min(left, piece.Length)), cancellationToken);
                if (read == 0)
                {
                    return Told(tail, total);
                }

                left -= (uint)read;
                for (var i = 0; i < read; i++)
                {
                    tail[total++ % limit] = piece[i];
                }
            }
        }

        return Told(tail, total);
    }

    private static ComputeLog Told(byte[] ring, long total)
    {
        if (total <= ring.Length)
        {
            return new(Encoding.UTF8.GetString(ring, 0, (int)total), false);
        }

        var start = (int)(total % ring.Length);
        return new(Encoding.UTF8.GetString([.. ring[start..], .. ring[..start]]), true);
    }
}
