using System.Buffers;
using System.Net.Sockets;

namespace Mano.MecPlatform.Traffic.Gateway;

/// <summary>
/// Carries bytes between two sockets until both directions have ended. One buffer a direction: a side that does not
/// read stops the other from sending (back-pressure). The end of one direction is passed on (half-close) while the
/// other goes on.
/// </summary>
internal sealed class Relay(Socket device, Socket application, RuleCounter counter, TimeSpan idleTimeout, TimeProvider clock)
{
    private const int BufferSize = 32 * 1024;

    /// <summary>Ends when both directions have ended, one broke, nothing moved for the idle timeout, or on <paramref name="cancel"/>.</summary>
    public async Task Run(CancellationToken cancel)
    {
        using var idle = new CancellationTokenSource(idleTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(idle.Token, cancel);
        var up = Copy(device, application, idle, either);
        var down = Copy(application, device, idle, either);
        await Task.WhenAll(up, down);
    }

    private async Task Copy(Socket from, Socket to, CancellationTokenSource idle, CancellationTokenSource either)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            while (await from.ReceiveAsync(buffer.AsMemory(0, BufferSize), SocketFlags.None, either.Token) is > 0 and var read)
            {
                idle.CancelAfter(idleTimeout);
                await SendAll(to, buffer.AsMemory(0, read), either.Token);
                counter.CountBytes(read);
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception wrong) when (wrong is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // One side broke or time is up. The other direction has no purpose any more.
            await either.CancelAsync();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async Task SendAll(Socket to, ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        while (bytes.Length > 0)
        {
            bytes = bytes[await to.SendAsync(bytes, SocketFlags.None, cancel)..];
        }
    }
}
