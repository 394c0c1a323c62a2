using System.Collections.Concurrent;
using System.Globalization;

namespace Mano.VimAdapters.Tests.Kubernetes.Double;

/// <summary>How the double is to behave. Everything may be changed while it runs.</summary>
internal sealed class ClusterSettings
{
    private int addresses;

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Checks objects against the published schema; null: nobody does.</summary>
    public SchemaCheck? Schema { get; set; }

    /// <summary>What the credentials may not do: told verb, resource and namespace.</summary>
    public Func<string, string, string, bool> Denies { get; set; } = (_, _, _) => false;

    /// <summary>Tokens that are let in; empty: only certificates are.</summary>
    public ConcurrentDictionary<string, string> Tokens { get; } = new();

    /// <summary>How many of the next requests are put off, and for how long.</summary>
    public int Throttled { get; set; }

    public int RetryAfterSeconds { get; set; } = 1;

    /// <summary>A request that is done, and whose answer is lost: told method and path; true once.</summary>
    public Func<string, string, bool> Loses { get; set; } = (_, _) => false;

    /// <summary>What happens between the arrival of a request and its being done: told method and path.</summary>
    public Func<string, string, Task> Meanwhile { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>Watches end after so long by themselves, as the server's do.</summary>
    public TimeSpan WatchTime { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How often a watch that is idle tells the version.</summary>
    public TimeSpan BookmarkEvery { get; set; } = TimeSpan.FromMilliseconds(300);

    /// <summary>Whether pods are started and ended; a cluster without is a control plane alone.</summary>
    public bool HasKubelet { get; set; } = true;

    /// <summary>Whether anything but the API server runs.</summary>
    public bool HasControllers { get; set; } = true;

    /// <summary>Whether somebody measures pods.</summary>
    public bool HasMetrics { get; set; }

    public int Requests;

    public string NextAddress() => string.Create(CultureInfo.InvariantCulture, $"10.96.{Interlocked.Increment(ref addresses) / 250}.{(addresses % 250) + 1}");
}
