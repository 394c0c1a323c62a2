using Mano.Meo.Granting;
using Mano.Meo.Lifecycle;
using Mano.Meo.Tests.World;
using Mano.Mesh.Failures;
using Mano.Mesh.Ids;
using Ended = Mano.Lifecycle.V1.Operation.Types.State;

namespace Mano.Meo.Tests.Lifecycle;

/// <summary>A start or stop that is overtaken between its looks.</summary>
public sealed class OperateRaceTests
{
    [Fact]
    public async Task A_stop_that_a_termination_overtakes_is_told_the_state_and_not_that_something_broke()
    {
        await using var world = await MeoWorld.Start();
        var id = await world.Running();
        var overtaken = new InstanceTermination(
            world.Part<AppInstances>(), new Overtaking(world, id), world.Part<Grants>(), world.Part<OperationAcceptance>(), world.Part<IIdSource>());

        var refused = (await overtaken.Operate(id, start: false, TimeSpan.Zero, timeout: null, new(null, 0, default), CancellationToken.None)).Failure;

        Assert.Equal((FailureKind.IllegalState, "NOT_INSTANTIATED"), (refused?.Kind, refused?.CurrentState));
    }

    /// <summary>The catalogue; the first question to it takes as long as a whole termination.</summary>
    private sealed class Overtaking(MeoWorld world, string instance) : IPackageCatalogue
    {
        private readonly IPackageCatalogue real = world.Part<IPackageCatalogue>();
        private bool over;

        public async ValueTask<Outcome<OnboardedPackage>> GetOnboarded(string tenant, string appPkgId, CancellationToken cancel)
        {
            if (!over)
            {
                over = true;
                Assert.Equal(Ended.Completed, (await world.EndOf(await world.Terminate(instance))).State);
            }

            return await real.GetOnboarded(tenant, appPkgId, cancel);
        }

        public ValueTask<Outcome<OnboardedPackage>> GetOnboardedByDescriptor(string tenant, string appDId, CancellationToken cancel) =>
            real.GetOnboardedByDescriptor(tenant, appDId, cancel);
    }
}
