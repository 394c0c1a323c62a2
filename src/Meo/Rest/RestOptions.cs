using System.ComponentModel.DataAnnotations;

namespace Mano.Meo.Rest;

/// <summary>The ETSI MEC 010-2 REST northbound.</summary>
public sealed record RestOptions
{
    /// <summary>How many entries a list has before it says where it goes on.</summary>
    /// <value>The default is 100, as over gRPC: some tens of kilobytes.</value>
    [Range(1, 1000)]
    public int PageSize { get; init; } = 100;

    /// <summary>The pause before a notification is sent for the second time; each one after is twice as long.</summary>
    /// <value>The default is 300 ms: a restart of the subscriber is bridged within seconds.</value>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00")]
    public TimeSpan NotificationPause { get; init; } = TimeSpan.FromMilliseconds(300);

    /// <summary>The longest pause.</summary>
    /// <value>The default is one minute: a subscriber that is back waits no longer for what it missed.</value>
    [Range(typeof(TimeSpan), "00:00:00.001", "01:00:00")]
    public TimeSpan NotificationLongestPause { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a notification that is not taken is kept, over restarts too.</summary>
    /// <value>The default is one hour: what an OSS has not heard by then it looks up. Longer would bury it.</value>
    [Range(typeof(TimeSpan), "00:00:00.001", "7.00:00:00")]
    public TimeSpan KeepNotifications { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How many may wait for one subscriber; the oldest make room.</summary>
    /// <value>The default is 10,000: an hour of three a second.</value>
    [Range(1, 1_000_000)]
    public int MostNotifications { get; init; } = 10_000;

    /// <summary>Addresses at which subscribers are called; none: all but those that nobody has (<c>--callback-allow</c>).</summary>
    public IReadOnlyList<System.Net.IPNetwork> CallbackAllow { get; init; } = [];

    /// <summary>Addresses at which they are not (<c>--callback-deny</c>).</summary>
    public IReadOnlyList<System.Net.IPNetwork> CallbackDeny { get; init; } = [];

    /// <summary>Whether this machine's own addresses count as a subscriber's.</summary>
    /// <value>Set where the MEO listens on loopback alone: then whoever subscribes is on this machine.</value>
    public bool IsLoopbackCalled { get; init; }

    /// <summary>Whether a callback must answer a GET before a subscription is made, as NFV has it (<c>--callback-test</c>).</summary>
    /// <value>The default is not: MEC 010-2 does not ask it of subscribers, and theirs may know POST alone.</value>
    public bool TestsCallbacks { get; init; }

    /// <summary>How long a subscriber may take to answer.</summary>
    /// <value>The default is 5 seconds: it only has to say 204.</value>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan NotificationTimeout { get; init; } = TimeSpan.FromSeconds(5);
}
