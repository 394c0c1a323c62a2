using Grpc.Core;
using Mano.Mesh.Failures;
using Mano.Onboarding.V1;
using Mano.Testing;
using static Mano.Onboarding.V1.AppPackage.Types;

namespace Mano.Meo.Tests.Onboarding;

public sealed class CatalogueTests
{
    [Fact]
    public async Task A_package_is_deleted_only_when_DISABLED_and_NOT_IN_USE_and_takes_its_files_along()
    {
        await using var world = await OnboardingWorld.Start();
        var id = (await world.Onboard(APackage.Csar(world))).AppPackageId;
        await world.Use(id, "instance-1");
        Assert.Equal(UsageState.InUse, (await world.Get(id)).UsageState);

        Assert.Equal("PACKAGE_ENABLED", (await Refused(() => Delete(world, id))).Reason);
        await world.Disable(id);
        var inUse = await Refused(() => Delete(world, id));
        Assert.Equal(("PACKAGE_IN_USE", FailureKind.IllegalState), (inUse.Reason, inUse.Kind));
        await world.Unuse(id, "instance-1");
        await Delete(world, id);

        Assert.Equal("PACKAGE_NOT_FOUND", (await Refused(() => world.Get(id))).Reason);
        Assert.Empty(world.FilesOnDisk);
        Assert.Empty((await world.Store.Scan("package")).Entries);
        await world.Onboard(APackage.Csar(world)); // the descriptor's id is free again
    }

    [Fact]
    public async Task Files_that_two_packages_share_stay_until_the_second_goes()
    {
        await using var world = await OnboardingWorld.Start();
        var one = await world.Onboard(APackage.Csar(world));
        var two = await world.Onboard(APackage.Csar(world, appDId: "another"));
        var program = one.Artifacts.Single(a => a.Path == "Artifacts/bin/counter").Sha256;
        Assert.Equal(program, two.Artifacts.Single(a => a.Path == "Artifacts/bin/counter").Sha256);

        await world.Disable(one.AppPackageId);
        await Delete(world, one.AppPackageId);
        Assert.NotEmpty(await world.Download(program));
        await world.Disable(two.AppPackageId);
        await Delete(world, two.AppPackageId);

        Assert.Equal("ARTIFACT_NOT_FOUND", (await Refused(() => world.Download(program))).Reason);
    }

    [Fact]
    public async Task A_package_made_while_it_is_deleted_is_noticed_by_the_version_of_its_record()
    {
        await using var world = await OnboardingWorld.Start();
        var id = (await world.Onboard(APackage.Csar(world))).AppPackageId;
        var seen = (await world.Catalogue.GetOnboarded(Tenants.Default, id)).Value;
        await world.Disable(id);

        var late = await world.Store.Commit(new Mesh.State.Batch().Check(seen.RecordKey, seen.RecordVersion).Put("instance/x", "{}"u8.ToArray()));

        Assert.False(late.IsCommitted);
    }

    [Fact]
    public async Task A_package_that_a_dead_process_was_working_on_is_CREATED_again_with_the_reason()
    {
        await using var world = await OnboardingWorld.Start();
        var id = await world.Create();
        var kept = (await world.Onboard(APackage.Csar(world))).AppPackageId;
        var files = world.FilesOnDisk.Order().ToList();

        await world.Restart(async () =>
        {
            // What kill -9 in the middle leaves: a record that says so, a scratch file, a blob without a record.
            var key = $"package/{Tenants.Default}/{id}";
            var record = System.Text.Encoding.UTF8.GetString((await world.Store.Get(key))!.Value.Span);
            (await world.Store.Commit(new Mesh.State.Batch().Put(key, System.Text.Encoding.UTF8.GetBytes(record.Replace("CREATED", "PROCESSING", StringComparison.Ordinal))))).OrThrow();
            await File.WriteAllTextAsync(Path.Combine(world.Options.Folder, "scratch", "half"), "half");
            Directory.CreateDirectory(Path.Combine(world.Options.Folder, "blobs", "00"));
            await File.WriteAllTextAsync(Path.Combine(world.Options.Folder, "blobs", "00", new string('0', 64)), "orphan");
        });

        var package = await world.Get(id);
        Assert.Equal((OnboardingState.Created, "UPLOAD_INTERRUPTED", true), (package.OnboardingState, package.OnboardingFailure.Reason, package.OnboardingFailure.Retryable));
        Assert.Contains("PROCESSING", package.OnboardingFailure.Message, StringComparison.Ordinal);
        Assert.Equal(files, world.FilesOnDisk.Order());
        Assert.Equal(OnboardingState.Onboarded, (await world.Get(kept)).OnboardingState);
        Assert.Equal(OnboardingState.Onboarded, (await world.Upload(id, System.Text.Encoding.UTF8.GetBytes(APackage.Json))).OnboardingState);
    }

    [Fact]
    public async Task Packages_are_listed_page_by_page_in_order_of_id()
    {
        await using var world = await OnboardingWorld.Start();
        var ids = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            ids.Add(await world.Create());
        }

        var seen = new List<string>();
        for (var token = ""; ;)
        {
            var page = await world.Client.ListAppPackagesAsync(new() { PageSize = 2, PageToken = token });
            Assert.InRange(page.AppPackages.Count, 1, 2);
            seen.AddRange(page.AppPackages.Select(p => p.AppPackageId));
            token = page.NextPageToken;
            if (token.Length == 0)
            {
                break;
            }
        }

        Assert.Equal(ids.Order(StringComparer.Ordinal), seen);
        Assert.Equal("PAGE_SIZE", (await Refused(() => world.Client.ListAppPackagesAsync(new() { PageSize = 1001 }).ResponseAsync)).Reason);
    }

    [Fact]
    public async Task A_create_that_is_repeated_with_its_key_makes_one_package()
    {
        await using var world = await OnboardingWorld.Start();
        var key = new Metadata { { "idempotency-key", "k1" } };

        var first = (await world.Client.CreateAppPackageAsync(new(), key)).AppPackage.AppPackageId;
        var again = (await world.Client.CreateAppPackageAsync(new(), key)).AppPackage.AppPackageId;

        Assert.Equal(first, again);
        var other = await Refused(() => world.Client.CreateAppPackageAsync(new() { UserDefinedData = { ["a"] = "b" } }, key).ResponseAsync);
        Assert.Equal(FailureKind.AlreadyExists, other.Kind);
        Assert.Single((await world.Client.ListAppPackagesAsync(new())).AppPackages);
    }

    [Fact]
    public async Task An_id_of_the_callers_own_is_taken_once()
    {
        await using var world = await OnboardingWorld.Start();
        const string id = "0190f3a0-0000-7000-8000-000000000001";

        Assert.Equal(id, await world.Create(id));
        Assert.Equal("PACKAGE_EXISTS", (await Refused(() => world.Create(id))).Reason);
        Assert.Equal("app_package_id", Assert.Single((await Refused(() => world.Create("mine"))).Faults).Path);
    }

    [Fact]
    public async Task The_catalogue_tells_Lifecycle_why_a_package_cannot_be_instantiated()
    {
        await using var world = await OnboardingWorld.Start();
        var created = await world.Create();
        var onboarded = (await world.Onboard(APackage.Csar(world))).AppPackageId;
        await world.Disable(onboarded);

        Assert.Equal(("PACKAGE_NOT_ONBOARDED", "CREATED"), (await world.Catalogue.GetOnboarded(Tenants.Default, created)).Failure is { } f ? (f.Reason, f.CurrentState) : default);
        Assert.Equal("PACKAGE_NOT_FOUND", (await world.Catalogue.GetOnboarded(Tenants.Default, "nowhere")).Failure!.Reason);
        Assert.Equal("PACKAGE_NOT_FOUND", (await world.Catalogue.GetOnboardedByDescriptor(Tenants.Default, "no such")).Failure!.Reason);
        var found = (await world.Catalogue.GetOnboardedByDescriptor(Tenants.Default, APackage.AppDId)).Value;
        Assert.Equal((onboarded, false), (found.AppPkgId, found.Enabled));
        Assert.Equal("sw_image", found.Artifacts.Single(a => a.Path == "Artifacts/bin/counter").SwImageId);
    }

    private static async Task Delete(OnboardingWorld world, string id) => await world.Client.DeleteAppPackageAsync(new() { AppPackageId = id });

    private static async Task<Failure> Refused(Func<Task> call) => (await Assert.ThrowsAsync<RpcException>(call)).ToFailure();
}
