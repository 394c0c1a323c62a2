using Google.Protobuf.WellKnownTypes;
using Mano.Cli.Connection;
using Mano.Cli.Operations;
using Mano.Cli.Packages;
using Mano.Cli.Terminal;
using Mano.Lifecycle.V1;
using Mano.Mesh.Failures;
using Mano.Onboarding.V1;

namespace Mano.Cli.Demo;

/// <summary>What an OSS asks of the MEO in the demo, one application from its package to the end of its records.</summary>
internal sealed class DemoOss(MeoConnection meo, Surroundings surroundings, SampleApplication sample, DemoScreen screen)
{
    private static readonly TimeSpan Graceful = TimeSpan.FromSeconds(5);

    /// <summary>Builds the sample's package in the folder, and onboards it.</summary>
    public async Task<AppPackageInfo> OnboardAsync(string folder, CancellationToken stop)
    {
        var file = Path.Combine(folder, $"{sample.Name}.csar");
        var content = sample.Build(surroundings, file, stop);
        await using var stream = File.OpenRead(file);
        var package = await new PackageUpload(meo).OnboardAsync(stream, Path.GetFileName(file), "", stop);
        screen.Say($"{package.AppName} {package.AppSoftVersion} of {package.AppProvider}: {content.Artifacts.Count} files, {Words.Bytes(stream.Length)}, every digest right");
        screen.Say($"one instance needs {Words.Amount(package.Resources)}");
        return package;
    }

    /// <summary>The operation that was accepted.</summary>
    public async Task<OperationInfo> InstantiateAsync(AppPackageInfo package, CancellationToken stop)
    {
        var created = (await meo.Ask(
            o => meo.Lifecycle.CreateAppInstanceAsync(new CreateAppInstanceRequest { AppPackageId = package.AppPackageId, AppInstanceName = sample.Name }, o), stop, ":instance"))
            .AppInstance;
        return (await meo.Ask(
            o => meo.Lifecycle.InstantiateAppInstanceAsync(new InstantiateAppInstanceRequest { AppInstanceId = created.AppInstanceId }, o), stop, ":instantiate"))
            .Operation;
    }

    /// <summary>The operation that was accepted.</summary>
    public async Task<OperationInfo> TerminateAsync(AppInstanceInfo instance, CancellationToken stop)
    {
        var request = new TerminateAppInstanceRequest
        {
            AppInstanceId = instance.AppInstanceId, GracefulTerminationTimeout = Duration.FromTimeSpan(Graceful),
        };
        return (await meo.Ask(o => meo.Lifecycle.TerminateAppInstanceAsync(request, o), stop, ":terminate")).Operation;
    }

    /// <exception cref="FailureException">The operation did not end COMPLETED.</exception>
    public static void DemandSuccess(OperationMoment end)
    {
        if (!end.Succeeded)
        {
            throw Failure.InvalidInput(
                "OPERATION_FAILED", $"The operation ended {Words.Of(end.Operation.State)}: {end.Operation.Failure?.Message ?? "no reason was given"}").ToException();
        }
    }

    /// <summary>The records go too: the instance's, then the package's.</summary>
    public async Task ForgetAsync(AppPackageInfo package, AppInstanceInfo instance, CancellationToken stop)
    {
        await meo.Ask(o => meo.Lifecycle.DeleteAppInstanceAsync(new DeleteAppInstanceRequest { AppInstanceId = instance.AppInstanceId }, o), stop, ":forget-instance");
        var disable = new SetAppPackageOperationalStateRequest
        {
            AppPackageId = package.AppPackageId, OperationalState = AppPackageInfo.Types.OperationalState.Disabled,
        };
        await meo.Ask(o => meo.Onboarding.SetAppPackageOperationalStateAsync(disable, o), stop, ":disable");
        await meo.Ask(o => meo.Onboarding.DeleteAppPackageAsync(new DeleteAppPackageRequest { AppPackageId = package.AppPackageId }, o), stop, ":forget-package");
    }
}
