using System.ComponentModel.DataAnnotations;

namespace Mano.Meo.Rest;

/// <summary>The ETSI MEC 010-2 REST northbound.</summary>
public sealed record RestOptions
{
    /// <summary>How many entries a list has before it says where it goes on.</summary>
    /// <value>The default is 100, as over gRPC: some tens of kilobytes.</value>
    [Range(1, 1000)]
    public int PageSize { get; init; } = 100;

    /// <summary>How often a notification is sent to a subscriber that does not take it.</summary>
    /// <value>The default is 4: with the pauses between, a restart of the subscriber in about two seconds is bridged.</value>
    [Range(1, 20)]
    public int NotificationAttempts { get; init; } = 4;

    /// <summary>The pause before the second attempt; each one after is twice as long.</summary>
    /// <value>The default is 300 ms.</value>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00")]
    public TimeSpan NotificationPause { get; init; } = TimeSpan.FromMilliseconds(300);

    /// <summary>How long a subscriber may take to answer.</summary>
    /// <value>The default is 5 seconds: it only has to say 204.</value>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan NotificationTimeout { get; init; } = TimeSpan.FromSeconds(5);
}
