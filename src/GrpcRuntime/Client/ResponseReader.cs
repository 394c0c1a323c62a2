using System.Runtime.CompilerServices;
using Grpc.Core;
using Mano.GrpcRuntime.Internal;

namespace Mano.GrpcRuntime.Client;

/// <summary>The messages of a stream of responses, one by one.</summary>
/// <param name="mayBePacked">Whether the head says that messages may be packed.</param>
internal sealed class ResponseReader<T>(Stream body, Func<DeserializationContext, T> deserializer, bool mayBePacked, int? maxSize)
    where T : class
{
    private ReceivedBytes _received;

    /// <summary>The next message; null at the end of the body.</summary>
    /// <exception cref="RpcException">The bytes break a rule, or a message is too large.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<T?> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (_received.TryTake(deserializer, mayBePacked, maxSize, out var message))
            {
                return message;
            }

            var count = await body.ReadAsync(_received.Room(), cancellationToken);
            if (count == 0)
            {
                return _received.IsEmpty ? null : throw Failures.Truncated();
            }

            _received.Add(count);
        }
    }

    /// <summary>Gives the buffer back; not while a read is under way.</summary>
    public void Release() => _received.Release();
}
