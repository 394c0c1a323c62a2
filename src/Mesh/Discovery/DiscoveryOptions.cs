using System.ComponentModel.DataAnnotations;

namespace Mano.Mesh.Discovery;

/// <summary>The Consul agent that a process registers with and whose catalogue it follows, and how patient it is with it.</summary>
public sealed record DiscoveryOptions
{
    /// <summary>The agent's HTTP API: <c>http://127.0.0.1:8500</c>.</summary>
    public required Uri Consul { get; init; }

    /// <summary>A file with the ACL token, read again for every request so that a new token needs no restart; null: none is sent.</summary>
    public string? TokenFile { get; init; }

    /// <summary>PEM certificates of the authorities that may have signed an <c>https</c> agent's certificate; null: those of the machine.</summary>
    public string? CaFile { get; init; }

    /// <summary>How often Consul asks for our health (or, with mutual TLS, how often we say it).</summary>
    /// <value>The default is 2 seconds, as heartbeats of sites: a process that was killed is critical after at most two of them. Consul takes no less than one.</value>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan CheckInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long our health may take to answer.</summary>
    /// <value>The default is 2 seconds: an answer takes a millisecond, a machine that starts containers may stand still for one.</value>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan CheckTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Critical for longer, Consul itself drops the registration; a process that comes back registers again.</summary>
    /// <value>The default is an hour: long enough to be seen by whoever looks, short enough that replicas of the past do not pile up.</value>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan DeregisterAfter { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How often a process looks whether the agent still knows it: an agent that was made anew does not.</summary>
    /// <value>The default is 5 seconds; the request stays on the machine, for an agent is asked about its own services.</value>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan VerifyEvery { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long one question about the catalogue waits for news.</summary>
    /// <value>The default is 10 seconds: an agent that fell silent without closing its connections is noticed in twice that.</value>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan Wait { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The least time between two questions about one service.</summary>
    /// <value>The default is 100 ms: many sites that change at once are read as one change.</value>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan LeastPause { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest pause after failures; the first is a quarter second, and each may be shorter or longer by half.</summary>
    /// <value>The default is 5 seconds: how late an agent that is back is noticed.</value>
    [Range(typeof(TimeSpan), "00:00:00.250", "00:10:00")]
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long an agent may take for a request that does not wait.</summary>
    /// <value>The default is 5 seconds.</value>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(5);
}
