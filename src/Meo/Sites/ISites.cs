using Mano.Meo.Granting;
using Mano.Meo.Lifecycle;
using Mano.Mesh.Failures;

namespace Mano.Meo.Sites;

/// <summary>The sites' MEPMs, as operations speak to them (Mm3). Every call may be repeated.</summary>
internal interface ISites
{
    /// <summary>
    /// Sets what is desired of an instance; answers when that is durable at the site. Unavailable (retryable) while the
    /// site cannot be reached; GENERATION_SUPERSEDED (not retryable) when it was told something newer.
    /// </summary>
    Task<Outcome<SiteInstance>> Ensure(string siteId, DesiredApp desired, CancellationToken cancel);

    /// <summary>Sets an instance's desired state to absent. True when nothing of it is left; failures as with <see cref="Ensure"/>.</summary>
    Task<Outcome<bool>> RemoveIfAny(string siteId, string appInstanceId, long generation, TimeSpan graceful, CancellationToken cancel);

    /// <summary>What is known of an instance now, without asking the site.</summary>
    SiteView View(string siteId, string appInstanceId);

    /// <summary>What is known now, then every change; changes that come faster than they are read are seen as one.</summary>
    IAsyncEnumerable<SiteView> Watch(string siteId, string appInstanceId, CancellationToken cancel);
}

/// <summary>What the MEO desires of an application instance at a site.</summary>
internal sealed record DesiredApp
{
    public required string AppInstanceId { get; init; }

    public required string Name { get; init; }

    /// <summary>Grows with every change the MEO makes.</summary>
    public required long Generation { get; init; }

    public required string HostId { get; init; }

    /// <summary>Whether it shall run, or be stopped with its resources kept.</summary>
    public required bool Started { get; init; }

    /// <summary>How long it may take to stop; zero: forcefully.</summary>
    public TimeSpan GracefulStop { get; init; }

    public required OnboardedPackage Package { get; init; }

    /// <summary>What its caller asked of the VIM; null: nothing.</summary>
    public InstanceWishes? Wishes { get; init; }

    /// <summary>The grant under which the resources are taken.</summary>
    public required Grant Grant { get; init; }
}
