using System.Net;

namespace Mano.MecPlatform.Dns.Backends;

/// <summary>
/// What answers users' queries for the names of <see cref="DnsTable"/>. The table is the intent; a backend makes it true and
/// says where it is not yet.
/// </summary>
internal interface IDnsBackend
{
    /// <summary>"embedded", "powerdns" or "dnsmasq".</summary>
    string Kind { get; }

    /// <summary>Where users ask; known once it has begun.</summary>
    IPEndPoint Address { get; }

    /// <summary>Every instance of before a restart is in the table: from here on names are answered.</summary>
    Task Begin(CancellationToken cancel);

    Task End(CancellationToken cancel);

    /// <summary>
    /// To be called when the instance's part of the table has changed. Ends when its names are answered so, or when it is
    /// plain that they are not soon; <see cref="WhyNot"/> tells them apart. Never fails because the server is away.
    /// </summary>
    Task Settle(string appInstanceId, CancellationToken cancel);

    /// <summary>Why the instance's names are not answered as the table says, in one sentence; null: they are.</summary>
    string? WhyNot(string appInstanceId);

    DnsBackendStanding Standing { get; }
}

/// <summary>How a backend fares.</summary>
/// <param name="IsUp">Whether it can be told and asked.</param>
/// <param name="Owed">Instances whose names are answered other than they shall.</param>
/// <param name="MendedTotal">Instances whose names somebody else had changed there, and which were put right.</param>
internal readonly record struct DnsBackendStanding(bool IsUp, int Owed, long MendedTotal);
