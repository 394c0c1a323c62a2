using Grpc.Core;
using Mano.Mesh.Failures;
using Mano.Packages;
using Mano.Testing;
using static Mano.Onboarding.V1.AppPackage.Types;

namespace Mano.Meo.Tests.Onboarding;

/// <summary>Packages nobody here wrote, over the wire.</summary>
public sealed class CorpusTests
{
    [SharedTheory]
    [InlineData("appstore-be__test2048_1.0.csar")]
    [InlineData("appstore-be_hist__AR.csar")]
    [InlineData("mecm-applcm_hist__22406fba.csar")]
    public async Task A_package_with_right_digests_or_none_onboards_with_warnings(string file)
    {
        await using var world = await OnboardingWorld.Start();

        var package = await world.Onboard(Read(file), file);

        Assert.Equal(OnboardingState.Onboarded, package.OnboardingState);
        Assert.NotEmpty(package.Warnings);
    }

    [SharedTheory]
    [InlineData("appstore-be__new_csar.csar", 2, IntegrityPolicy.Enforce)]
    [InlineData("appstore-be_hist__positioning_eg_1.0.csar", 6, IntegrityPolicy.Enforce)]
    [InlineData("appstore-be_hist__positioning_eg_1.0.csar", 4, IntegrityPolicy.Warn)]
    [InlineData("mecm-applcm_hist__vm_csar.csar", 2, IntegrityPolicy.Enforce)]
    [InlineData("mecm-appo__22406fba-fd5d-4f55-b3fa-89a45fee913a-apprules.csar", 2, IntegrityPolicy.Enforce)]
    public async Task A_package_that_is_wrong_is_refused_with_every_fault_and_nothing_is_left(string file, int errors, IntegrityPolicy integrity)
    {
        await using var world = await OnboardingWorld.Start(o => o with { Integrity = integrity });
        var id = await world.Create();

        var refused = await Assert.ThrowsAsync<RpcException>(() => world.Upload(id, Read(file), file));

        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
        var record = await world.Get(id);
        Assert.Equal(OnboardingState.Created, record.OnboardingState);
        var faults = record.OnboardingFailure.ToFailure(FailureKind.InvalidInput).Faults.Where(f => f.Severity == Mesh.Failures.FaultSeverity.Error).ToList();
        Assert.Equal(errors, faults.Count);
        Assert.All(faults, f => Assert.NotEmpty(f.Path));
        Assert.Empty(world.FilesOnDisk);
    }

    [SharedFact]
    public async Task With_integrity_warn_the_rule_bearing_package_onboards_and_its_faults_stay_on_the_record()
    {
        await using var world = await OnboardingWorld.Start(o => o with { Integrity = IntegrityPolicy.Warn });

        var package = await world.Onboard(Read("mecm-appo__22406fba-fd5d-4f55-b3fa-89a45fee913a-apprules.csar"));

        Assert.Equal(2, package.Warnings.Count(w => w.Path.Contains("Source: ", StringComparison.Ordinal) && w.Message.Contains("SHA-256", StringComparison.Ordinal)));
        var app = (await world.Catalogue.GetOnboarded(Tenants.Default, package.AppPackageId)).Value.Descriptor;
        Assert.Equal(("trafficRule1", "dnsRule1"), (app.AppTrafficRule[0].TrafficRuleId, app.AppDNSRule[0].DnsRuleId));
    }

    private static byte[] Read(string file) => File.ReadAllBytes(SharedInput.File("corpus", "edgegallery", file));
}
