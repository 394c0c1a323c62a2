using Grpc.Core;

namespace Mano.GrpcRuntime.Client;

/// <summary>The functions that add credentials to every call of a channel, after the channel's credentials were checked against its scheme.</summary>
internal sealed class ChannelCallCredentials : ChannelCredentialsConfiguratorBase
{
    private readonly Uri _address;
    private readonly List<AsyncAuthInterceptor> _interceptors = [];

    private ChannelCallCredentials(Uri address)
    {
        _address = address;
    }

    public IReadOnlyList<AsyncAuthInterceptor> Interceptors => _interceptors;

    public static ChannelCallCredentials Of(Uri address, ChannelCredentials? credentials)
    {
        var result = new ChannelCallCredentials(address);
        credentials?.InternalPopulateConfiguration(result, address);
        return result;
    }

    public override void SetInsecureCredentials(object state)
    {
        if (_address.Scheme == Uri.UriSchemeHttps)
        {
            throw new InvalidOperationException($"Channel to '{_address}' has insecure credentials; that needs the scheme 'http'.");
        }
    }

    public override void SetSslCredentials(object state, string? rootCertificates, KeyCertificatePair? keyCertificatePair, VerifyPeerCallback? verifyPeerCallback)
    {
        if (_address.Scheme != Uri.UriSchemeHttps)
        {
            throw new InvalidOperationException($"Channel to '{_address}' has TLS credentials; that needs the scheme 'https'.");
        }

        if (rootCertificates is not null || keyCertificatePair is not null || verifyPeerCallback is not null)
        {
            throw new InvalidOperationException("Certificates of a channel are set on its HttpHandler; SslCredentials carries none here.");
        }
    }

    public override void SetCompositeCredentials(object state, ChannelCredentials channelCredentials, CallCredentials callCredentials)
    {
        channelCredentials.InternalPopulateConfiguration(this, state);
        callCredentials.InternalPopulateConfiguration(new Collector(_interceptors), null);
    }

    /// <summary>The functions in a call's own credentials.</summary>
    public static IReadOnlyList<AsyncAuthInterceptor> Of(CallCredentials credentials)
    {
        var found = new List<AsyncAuthInterceptor>();
        credentials.InternalPopulateConfiguration(new Collector(found), null);
        return found;
    }

    private sealed class Collector(List<AsyncAuthInterceptor> into) : CallCredentialsConfiguratorBase
    {
        public override void SetCompositeCredentials(object? state, IReadOnlyList<CallCredentials> credentials)
        {
            foreach (var part in credentials)
            {
                part.InternalPopulateConfiguration(this, state);
            }
        }

        public override void SetAsyncAuthInterceptorCredentials(object? state, AsyncAuthInterceptor interceptor) => into.Add(interceptor);
    }
}
