using Mano.Mepm.Instances;
using Mano.Mesh.Failures;

namespace Mano.Mepm.Granting;

/// <summary>Permission to use a host's resources when the site acts on its own (MEC 010-2 clause 7.5).</summary>
internal interface IGranting
{
    /// <summary>
    /// Asks whether a lost compute may be made again. A MEO that cannot be reached says nothing against it: the site acts
    /// within the grant it has. Null: it may; else why not.
    /// </summary>
    Task<Failure?> RefuseHeal(InstanceRecord record, CancellationToken cancel);
}

/// <summary>A site without a MEO grants itself.</summary>
internal sealed class StandingGrants : IGranting
{
    public Task<Failure?> RefuseHeal(InstanceRecord record, CancellationToken cancel) => Task.FromResult<Failure?>(null);
}
