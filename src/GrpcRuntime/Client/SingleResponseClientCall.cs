using Grpc.Core;
using Grpc.Net.Client;
using Mano.GrpcRuntime.Internal;

namespace Mano.GrpcRuntime.Client;

/// <summary>A call with one response: exactly one message, then an OK status; all else is a failure.</summary>
internal abstract class SingleResponseClientCall<TRequest, TResponse>(
    GrpcChannel channel, Method<TRequest, TResponse> method, string? host, CallOptions options) : ClientCall(channel, method, host, options)
    where TRequest : class
    where TResponse : class
{
    private Task? _answer;

    /// <summary>The request; throws what refuses it.</summary>
    protected abstract HttpContent Content();

    /// <summary>Gives back what the call held, when it has ended.</summary>
    protected virtual void Finished()
    {
    }

    protected Method<TRequest, TResponse> Method => method;

    /// <summary>Sends the request; the response, or the failure of the call.</summary>
    public Task<TResponse> InvokeAsync()
    {
        var answer = RunAsync();
        _answer = answer;
        return answer;
    }

    protected override Task AnswerAsync() => _answer is null ? Task.CompletedTask : Task.WhenAny(_answer);

    private async Task<TResponse> RunAsync()
    {
        ResponseReader<TResponse>? reader = null;
        try
        {
            var head = await SendAsync(Content());
            TResponse? response = null;
            if (!head.TrailersOnly)
            {
                var body = await Response!.Content.ReadAsStreamAsync(Cancelled);
                reader = new ResponseReader<TResponse>(body, method.ResponseMarshaller.ContextualDeserializer, head.Encoding, Channel.MaxReceiveMessageSize);
                response = await reader.ReadAsync(Cancelled);
                if (response is not null && await reader.ReadAsync(Cancelled) is not null)
                {
                    throw Failures.SecondMessage();
                }
            }

            EndByTrailers(otherwise: response is null ? Failures.NoMessage() : null);
            return response!;
        }
        catch (Exception ex)
        {
            throw EndBy(ex);
        }
        finally
        {
            reader?.Release();
            Finished();
        }
    }
}
