using System.Runtime.CompilerServices;
using Grpc.Core;
using Mano.Mesh.Failures;
using Wire = Mano.Onboarding.V1;

namespace Mano.Meo.Onboarding;

/// <summary>The chunks of an upload call, with patience that ends: real time, because it bounds a real connection.</summary>
internal static class UploadStream
{
    private const int MaxChunk = 1 << 20;

    /// <exception cref="FailureException">A second header, a chunk that is too large, or silence for too long.</exception>
    internal static async IAsyncEnumerable<ReadOnlyMemory<byte>> Chunks(
        IAsyncStreamReader<Wire.UploadAppPackageRequest> stream, TimeSpan idle, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        while (await Next(stream, idle, cancel))
        {
            var message = stream.Current;
            if (message.PartCase != Wire.UploadAppPackageRequest.PartOneofCase.Chunk)
            {
                throw Failure.InvalidInput("UPLOAD_ORDER", "After the header come chunks alone; a message was a header again, or empty.", "part").ToException();
            }

            if (message.Chunk.Length > MaxChunk)
            {
                throw Failure.InvalidInput("CHUNK_TOO_LARGE", $"A chunk has {message.Chunk.Length} bytes; at most {MaxChunk} are taken.", "chunk").ToException();
            }

            yield return message.Chunk.Memory;
        }
    }

    private static async Task<bool> Next(IAsyncStreamReader<Wire.UploadAppPackageRequest> stream, TimeSpan idle, CancellationToken cancel)
    {
        var next = stream.MoveNext(cancel);
        try
        {
            return await next.WaitAsync(idle, TimeProvider.System, cancel);
        }
        catch (TimeoutException)
        {
            throw Failure.DeadlineExceeded("UPLOAD_IDLE", $"Nothing arrived for {idle.TotalSeconds} s; upload again.", "part").ToException();
        }
    }
}
