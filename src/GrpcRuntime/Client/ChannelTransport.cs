using Grpc.Net.Client;

namespace Mano.GrpcRuntime.Client;

/// <summary>Chooses what a channel sends through.</summary>
internal static class ChannelTransport
{
    /// <summary>The invoker, and whether it goes when the channel goes.</summary>
    public static (HttpMessageInvoker Http, bool Owned) Of(GrpcChannelOptions options)
    {
        if (options.HttpClient is { } client)
        {
            return options.HttpHandler is null
                ? (client, options.DisposeHttpClient)
                : throw new ArgumentException("HttpClient and HttpHandler are both set; a channel sends through one of them.", nameof(options));
        }

        // One connection carries about a hundred streams; more calls than that need a second one rather than a queue.
        return options.HttpHandler is { } handler
            ? (new HttpMessageInvoker(handler, options.DisposeHttpClient), options.DisposeHttpClient)
            : (new HttpMessageInvoker(new SocketsHttpHandler { EnableMultipleHttp2Connections = true, AllowAutoRedirect = false }), true);
    }

    /// <summary>Whether responses come straight from a connection, with no handler of others between.</summary>
    public static bool ReadsConnection(GrpcChannelOptions options) => options is { HttpClient: null, HttpHandler: null or SocketsHttpHandler };
}
