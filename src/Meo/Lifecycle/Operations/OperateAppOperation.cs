using System.Text.Json.Serialization.Metadata;
using Mano.Mesh.Failures;
using Mano.Mesh.State;
using Mano.Sagas;

namespace Mano.Meo.Lifecycle.Operations;

/// <summary>
/// Starts or stops an instance, its resources kept (MEC 010-2, OPERATE). Undoing is desiring the former state again,
/// under a higher generation.
/// </summary>
internal sealed class OperateAppOperation(AppInstances instances, SiteSteps site, TimeProvider clock) : IOperation<OperateApp>
{
    /// <summary>Generations that it reserves: doing and undoing.</summary>
    public const int Generations = 2;

    private static readonly StepKey<Done> Asked = StepKey.Plain("site");
    private static readonly StepKey<Done> Ready = StepKey.Plain("ready");

    public static string Name => "app-instance.operate.v1";

    public static JsonTypeInfo<OperateApp> InputType => LifecycleJson.Default.OperateApp;

    public void Describe(SagaBuilder<OperateApp> saga) => saga
        .Effect(Asked, EnsurePower, undo: EnsureFormerPower)
        .Effect(Ready, WaitUntilSteady, undo: NothingMore);

    private async Task<Outcome<Done>> EnsurePower(StepContext<OperateApp> step, CancellationToken cancel)
    {
        step.Report($"telling site {step.Input.Location.SiteId}");
        return await site.Ensure(step.Input.Location.SiteId, Wanted(step.Input), step.Input.AppPkgId, cancel);
    }

    private async Task EnsureFormerPower(StepContext<OperateApp> step, CancellationToken cancel)
    {
        var former = Wanted(step.Input) with { Generation = step.Input.Generation + 1, Started = !step.Input.Start };
        if ((await site.Ensure(step.Input.Location.SiteId, former, step.Input.AppPkgId, cancel)).Failure is { } failure
            && failure.Reason != SiteSteps.Superseded)
        {
            throw failure.ToException();
        }
    }

    private async Task<Outcome<Done>> WaitUntilSteady(StepContext<OperateApp> step, CancellationToken cancel)
    {
        var input = step.Input;
        var steady = await site.UntilSteady(input.Location.SiteId, Wanted(input), input.AppPkgId, step.Report, cancel);
        if (!steady.TryGet(out var report, out var failure))
        {
            return failure;
        }

        if (!(await instances.Get(input.AppInstanceId, cancel)).TryGet(out var found, out failure))
        {
            return failure;
        }

        var done = found.Value.After(input.Start ? LifecycleAction.Start : LifecycleAction.Stop, report, clock.GetUtcNow());
        step.CommitTogether(AppInstances.Put(new Batch(), done, found.Version));
        return Done.It;
    }

    // The wait has no effect of its own.
    private static Task NothingMore(StepContext<OperateApp> step, CancellationToken cancel) => Task.CompletedTask;

    private static WantedApp Wanted(OperateApp input) => new(
        input.AppInstanceId, input.Name, input.Generation, input.Location.HostId, input.Start, input.GracefulStop, input.Grant, input.Wishes);
}
