using System.Net;

namespace Mano.MecPlatform.AppSupport;

/// <summary>How the platform treats applications.</summary>
internal sealed record AppSupportOptions
{
    /// <summary>Whether a rule that the data plane cannot enforce wholly is refused. Off: packages carry tunnel filters, and run well without; their status says what is not enforced.</summary>
    public bool StrictRules { get; init; }

    /// <summary>How long one probe may take. The default is 2 seconds: an edge application is near.</summary>
    public TimeSpan ProbeTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The first pause between two probes; it doubles up to <see cref="ProbeMaxDelay"/>. The default is 100 ms: most applications listen by then.</summary>
    public TimeSpan ProbeFirstDelay { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest pause. The default is 2 seconds.</summary>
    public TimeSpan ProbeMaxDelay { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>After so many probes the instance is FAILED (and probed on, slowly). The default of 60 gives about two minutes, longer than a virtual machine boots.</summary>
    public int ProbeAttempts { get; init; } = 60;

    /// <summary>How often a failed activation is tried again. The default is 10 seconds.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long one POST of a notification may take. The default is 3 seconds.</summary>
    public TimeSpan CallbackTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How often a notification is sent before the subscriber counts as gone. The default is 4: about three seconds with the pauses between.</summary>
    public int CallbackAttempts { get; init; } = 4;

    /// <summary>Where callbacks may lead, beside the instance's own address: loopback and private networks, where applications of a site live. An application must not make the platform call whom it likes.</summary>
    public IReadOnlyList<IPNetwork> CallbackNetworks { get; init; } = PrivateNetworks;

    /// <summary>How long the generation of a removed instance is remembered. The default is 7 days: no call is late by more.</summary>
    public TimeSpan RemovedKept { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How long flows may go on when an instance goes out of service gracefully and its rules no longer act. The default is half a second: what is under way then is answered in milliseconds, and nobody waits long for a termination.</summary>
    public TimeSpan FlowLinger { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Instances at once. The default is 10,000.</summary>
    public int MaxInstances { get; init; } = 10_000;

    private static readonly IReadOnlyList<IPNetwork> PrivateNetworks =
        [.. new[] { "127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7" }.Select(n => IPNetwork.Parse(n))];
}
