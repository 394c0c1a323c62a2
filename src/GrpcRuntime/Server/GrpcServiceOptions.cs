using System.IO.Compression;
using Mano.GrpcRuntime.Internal;

namespace Grpc.AspNetCore.Server;

/// <summary>How services are served: for all of them, or (<see cref="GrpcServiceOptions{TService}"/>) for one, where what is set goes before.</summary>
public class GrpcServiceOptions
{
    private int? _maxSend;
    private int? _maxReceive;

    /// <summary>Largest message sent, in bytes; null: no limit, which is the default.</summary>
    public int? MaxSendMessageSize
    {
        get => _maxSend;
        set => (_maxSend, MaxSendMessageSizeSpecified) = (value, true);
    }

    /// <summary>Largest message received, in bytes, unpacked; null: no limit.</summary>
    /// <value>The default is 4 MB, as in every gRPC implementation.</value>
    public int? MaxReceiveMessageSize
    {
        get => MaxReceiveMessageSizeSpecified ? _maxReceive : GrpcProtocol.DefaultMaxReceiveMessageSize;
        set => (_maxReceive, MaxReceiveMessageSizeSpecified) = (value, true);
    }

    /// <summary>Whether the message of an exception goes to the caller; off by default, for it may say what a caller must not know.</summary>
    public bool? EnableDetailedErrors { get; set; }

    /// <summary>How responses are packed where the caller can read it: <c>gzip</c>, or null for not at all, which is the default.</summary>
    public string? ResponseCompressionAlgorithm { get; set; }

    /// <summary>How hard responses are packed; null: <see cref="CompressionLevel.Fastest"/>.</summary>
    public CompressionLevel? ResponseCompressionLevel { get; set; }

    /// <summary>Whether unknown services and methods are left to other endpoints instead of being answered UNIMPLEMENTED.</summary>
    public bool? IgnoreUnknownServices { get; set; }

    /// <summary>Code around every call; the first one added sees a call first.</summary>
    public InterceptorCollection Interceptors { get; } = [];

    internal bool MaxSendMessageSizeSpecified { get; private set; }

    internal bool MaxReceiveMessageSizeSpecified { get; private set; }
}

/// <summary>How one service is served.</summary>
public class GrpcServiceOptions<TService> : GrpcServiceOptions
    where TService : class
{
}
