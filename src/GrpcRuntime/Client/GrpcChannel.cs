using System.Collections.Concurrent;
using Grpc.Core;
using Mano.GrpcRuntime.Client;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Grpc.Net.Client;

/// <summary>A way to one server over HTTP/2; made once, shared by all clients, safe for use by many threads.</summary>
public sealed class GrpcChannel : ChannelBase, IDisposable
{
    private readonly ConcurrentDictionary<IMethod, Uri> _paths = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<ClientCall> _active = new(ReferenceEqualityComparer.Instance);
    private readonly HttpMessageInvoker _http;
    private readonly bool _ownsHttp;
    private readonly bool _readsConnection;
    private bool _disposed;

    private GrpcChannel(Uri address, GrpcChannelOptions options) : base(address.Authority)
    {
        Address = address;
        (_http, _ownsHttp) = ChannelTransport.Of(options);
        _readsConnection = ChannelTransport.ReadsConnection(options);
        Credentials = ChannelCallCredentials.Of(address, options.Credentials);
        SendsCredentials = address.Scheme == Uri.UriSchemeHttps || options.UnsafeUseInsecureChannelCallCredentials;
        MaxSendMessageSize = options.MaxSendMessageSize;
        MaxReceiveMessageSize = options.MaxReceiveMessageSize;
        ThrowsOperationCanceled = options.ThrowOperationCanceledOnCancellation;
        HttpVersion = options.HttpVersion ?? System.Net.HttpVersion.Version20;
        HttpVersionPolicy = options.HttpVersionPolicy ?? System.Net.Http.HttpVersionPolicy.RequestVersionExact;
        Log = (options.LoggerFactory ?? NullLoggerFactory.Instance).CreateLogger<GrpcChannel>();
    }

    internal Uri Address { get; }

    internal ChannelCallCredentials Credentials { get; }

    internal bool SendsCredentials { get; }

    internal int? MaxSendMessageSize { get; }

    internal int? MaxReceiveMessageSize { get; }

    internal bool ThrowsOperationCanceled { get; }

    internal Version HttpVersion { get; }

    internal HttpVersionPolicy HttpVersionPolicy { get; }

    internal ILogger Log { get; }

    /// <summary>A channel to <c>http://host:port</c> (plain text) or <c>https://host:port</c>; connects with the first call.</summary>
    public static GrpcChannel ForAddress(string address) => ForAddress(address, new GrpcChannelOptions());

    public static GrpcChannel ForAddress(string address, GrpcChannelOptions channelOptions)
    {
        ArgumentNullException.ThrowIfNull(address);
        return Uri.TryCreate(address, UriKind.Absolute, out var uri)
            ? ForAddress(uri, channelOptions)
            : throw new ArgumentException($"'{address}' is no address of a gRPC server; http://host:port or https://host:port would be.", nameof(address));
    }

    public static GrpcChannel ForAddress(Uri address) => ForAddress(address, new GrpcChannelOptions());

    public static GrpcChannel ForAddress(Uri address, GrpcChannelOptions channelOptions)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(channelOptions);
        if (address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps)
        {
            throw new ArgumentException(
                $"No channel goes to '{address}': scheme '{address.Scheme}' is unknown, http://host:port and https://host:port are served.", nameof(address));
        }

        return new GrpcChannel(address, channelOptions);
    }

    public override CallInvoker CreateCallInvoker()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return new HttpCallInvoker(this);
    }

    /// <summary>Cancels the calls that run and closes the connections that are the channel's own.</summary>
    public void Dispose()
    {
        ClientCall[] running;
        lock (_active)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            running = [.. _active];
        }

        foreach (var call in running)
        {
            call.Cancel("The channel was disposed.");
        }

        if (_ownsHttp)
        {
            _http.Dispose();
        }
    }

    protected override Task ShutdownAsyncCore()
    {
        Dispose();
        return Task.CompletedTask;
    }

    internal Uri PathOf(IMethod method) =>
        _paths.TryGetValue(method, out var path) ? path : _paths.GetOrAdd(method, new Uri(Address, method.FullName));

    internal Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        _http is HttpClient client
            ? client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken)
            : _http.SendAsync(request, cancellationToken);

    /// <summary>The body of a response. A connection's own stream is there without waiting; what another handler gives may have to be opened.</summary>
    internal ValueTask<Stream> BodyOfAsync(HttpResponseMessage response, CancellationToken cancellationToken) => _readsConnection
        ? new(response.Content.ReadAsStream(cancellationToken))
        : new(response.Content.ReadAsStreamAsync(cancellationToken));

    internal T Started<T>(T call)
        where T : ClientCall
    {
        lock (_active)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _active.Add(call);
            return call;
        }
    }

    internal void Ended(ClientCall call)
    {
        lock (_active)
        {
            _active.Remove(call);
        }
    }
}
