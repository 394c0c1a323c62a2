using System.Net;

namespace Mano.MecPlatform.Traffic;

/// <summary>Where FORWARD leads.</summary>
/// <param name="Address">The instance's, or the one that the rule gives.</param>
/// <param name="TcpPorts">The ports that the application declares; empty: not known, every port is kept.</param>
internal sealed record ForwardTarget(IPAddress Address, IReadOnlyList<int> TcpPorts)
{
    /// <summary>
    /// The port that was asked for, if the application declares it; else its only one. MEC 010-2 has no field for a port
    /// translation, and an application that serves one port can mean no other.
    /// </summary>
    public IPEndPoint For(int askedPort) =>
        new(Address, TcpPorts.Count == 1 && TcpPorts[0] != askedPort ? TcpPorts[0] : askedPort);
}
