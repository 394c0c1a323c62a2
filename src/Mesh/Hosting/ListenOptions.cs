using System.Net;
using Mano.Mesh.Security;

namespace Mano.Mesh.Hosting;

/// <summary>Where a process listens. Port 0 takes any free port; <see cref="BoundAddresses"/> says which.</summary>
public sealed record ListenOptions
{
    /// <summary>gRPC: HTTP/2, without TLS (h2c) unless <see cref="Certificates"/> are given. <value>The default is any free loopback port.</value></summary>
    public IPEndPoint Grpc { get; init; } = new(IPAddress.Loopback, 0);

    /// <summary>HTTP/1.1: REST, <c>/health</c>, <c>/metrics</c>. A port of its own, because Kestrel tells HTTP/1.1 from
    /// HTTP/2 on one port only under TLS (ALPN). <value>The default is any free loopback port.</value></summary>
    public IPEndPoint Http { get; init; } = new(IPAddress.Loopback, 0);

    /// <summary>Mutual TLS on the gRPC port. <value>The default is none: right on one machine, and nowhere else.</value></summary>
    public MeshCertificates? Certificates { get; init; }
}
