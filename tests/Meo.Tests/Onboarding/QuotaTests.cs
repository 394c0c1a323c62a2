using System.Text;
using Grpc.Core;
using Mano.Meo.Onboarding;
using Mano.Mesh.Failures;
using Mano.Packages;

namespace Mano.Meo.Tests.Onboarding;

/// <summary>How much a tenant may have, and who may sign.</summary>
public sealed class QuotaTests
{
    [Fact]
    public async Task One_package_more_than_the_quota_is_refused_and_may_come_when_another_goes()
    {
        await using var world = await OnboardingWorld.Start(o => o with { Quotas = new() { Packages = 2 } });
        var first = await world.Create();
        await world.Create();

        var refused = await Assert.ThrowsAsync<RpcException>(() => world.Create());
        Assert.Equal((StatusCode.ResourceExhausted, "QUOTA_PACKAGES"), (refused.StatusCode, refused.ToFailure().Reason));
        Assert.Contains("--max-packages", refused.Status.Detail, StringComparison.Ordinal);
        var again = await Assert.ThrowsAsync<RpcException>(() => world.Create(first));
        Assert.Equal(StatusCode.AlreadyExists, again.StatusCode);

        await world.Client.DeleteAppPackageAsync(new() { AppPackageId = first });
        await world.Create();
    }

    [Fact]
    public async Task Bytes_over_the_quota_are_refused_while_they_arrive_or_when_they_are_unpacked_and_nothing_is_left()
    {
        await using var world = await OnboardingWorld.Start(o => o with { Quotas = new() { Bytes = 50_000 } });

        var arriving = await Assert.ThrowsAsync<RpcException>(() => world.Onboard(new byte[60_000]));
        Assert.Equal((StatusCode.ResourceExhausted, "QUOTA_BYTES"), (arriving.StatusCode, arriving.ToFailure().Reason));
        var unpacked = await Assert.ThrowsAsync<RpcException>(() => world.Onboard(APackage.Csar(world, program: "\u007fELF" + new string('x', 60_000))));
        Assert.Equal("QUOTA_BYTES", unpacked.ToFailure().Reason);
        Assert.Empty(world.FilesOnDisk);
    }

    [Fact]
    public async Task Files_that_two_packages_share_count_once_and_a_full_quota_takes_nothing_more()
    {
        var program = "\u007fELF" + string.Concat(Enumerable.Range(0, 8000).Select(i => i * 7919 % 1000));
        await using var world = await OnboardingWorld.Start(o => o with { Quotas = new() { Bytes = 50_000 } });

        await world.Onboard(APackage.Csar(world, program: program));
        await world.Onboard(APackage.Csar(world, appDId: "another", program: program));
        var refused = await Assert.ThrowsAsync<RpcException>(() => world.Onboard(APackage.Csar(world, appDId: "third", program: program + "!")));

        Assert.Equal("QUOTA_BYTES", refused.ToFailure().Reason);
        Assert.Contains("--max-package-storage", refused.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_signatures_are_required_an_unsigned_package_is_refused()
    {
        await using var world = await OnboardingWorld.Start(o => o with { Signatures = SignaturePolicy.Require });

        var refused = await Assert.ThrowsAsync<RpcException>(() => world.Onboard(APackage.Csar(world)));

        Assert.Contains("only signed ones are taken here", refused.ToFailure().Message, StringComparison.Ordinal);
        Assert.Empty(world.FilesOnDisk);
    }

    [Fact]
    public async Task A_trust_store_that_is_not_there_stops_the_start()
    {
        var stopped = await Assert.ThrowsAsync<FailureException>(() => OnboardingWorld.Start(o => o with { TrustFolder = "/nowhere/at/all" }));

        Assert.Contains("There is no folder /nowhere/at/all of trusted certificates", stopped.Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_trust_store_that_breaks_later_is_said_to_be_the_reason()
    {
        await using var world = await OnboardingWorld.Start(o =>
        {
            Directory.CreateDirectory(Path.Combine(o.Folder, "..", "trust"));
            return o with { TrustFolder = Path.GetFullPath(Path.Combine(o.Folder, "..", "trust")) };
        });
        await world.Onboard(Encoding.UTF8.GetBytes(APackage.Json));
        File.WriteAllText(Path.Combine(world.Options.TrustFolder!, "wrong.pem"), "no certificate");

        var refused = await Assert.ThrowsAsync<RpcException>(() => world.Onboard(Encoding.UTF8.GetBytes(APackage.Json)));

        Assert.Contains("wrong.pem is no X.509 certificate", refused.ToFailure().Message, StringComparison.Ordinal);
    }
}
