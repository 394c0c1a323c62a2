using System.Security.Cryptography;
using System.Text;
using Grpc.Core;
using Mano.Mesh.Failures;
using Mano.Onboarding.V1;
using Mano.Packages;
using Mano.Testing;
using static Mano.Onboarding.V1.AppPackage.Types;

namespace Mano.Meo.Tests.Onboarding;

public sealed class OnboardingTests
{
    [Fact]
    public async Task An_uploaded_package_is_ONBOARDED_and_its_files_come_back_byte_for_byte()
    {
        await using var world = await OnboardingWorld.Start();
        var program = "\u007fELF" + new string('x', 700_000);
        var id = await world.Create();
        Assert.Equal(OnboardingState.Created, (await world.Get(id)).OnboardingState);

        var package = await world.Upload(id, APackage.Csar(world, program: program));

        Assert.Equal((OnboardingState.Onboarded, OperationalState.Enabled, UsageState.NotInUse), (package.OnboardingState, package.OperationalState, package.UsageState));
        Assert.Equal((APackage.AppDId, "Counter", 1000, 128), (package.AppDId, package.AppName, package.Resources.MilliCpu, package.Resources.MemoryMib));
        var artifact = package.Artifacts.Single(a => a.Path == "Artifacts/bin/counter");
        var content = Encoding.UTF8.GetBytes(program);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(content)), artifact.Sha256);
        Assert.Equal(content, await world.Download(artifact.Sha256));
        Assert.Equal(content[500_000..], await world.Download(artifact.Sha256, 500_000));
        Assert.Empty(await world.Download(artifact.Sha256, content.Length));
        Assert.Equal(StatusCode.OutOfRange, (await Assert.ThrowsAsync<RpcException>(() => world.Download(artifact.Sha256, content.Length + 1))).StatusCode);
    }

    [Theory]
    [InlineData(APackage.Json, "json-1")]
    [InlineData(APackage.Tosca, APackage.AppDId)]
    public async Task A_descriptor_alone_is_a_package_too(string descriptor, string appDId)
    {
        await using var world = await OnboardingWorld.Start();

        var package = await world.Onboard(Encoding.UTF8.GetBytes(descriptor), "appd");

        Assert.Equal((OnboardingState.Onboarded, appDId), (package.OnboardingState, package.AppDId));
        Assert.Contains(package.Warnings, w => w.Message.Contains("brings no files", StringComparison.Ordinal));
        var json = (await world.Client.GetAppDescriptorAsync(new() { AppPackageId = package.AppPackageId })).Json;
        Assert.Equal(appDId, Packages.AppD.AppDescriptorJson.Deserialize(json).AppDId);
    }

    [Fact]
    public async Task A_refused_package_leaves_nothing_behind_but_its_faults()
    {
        await using var world = await OnboardingWorld.Start();
        var id = await world.Create();
        var wrong = Encoding.UTF8.GetBytes(APackage.Json.Replace("\"numVirtualCpu\": 2", "\"numVirtualCpu\": \"two\"", StringComparison.Ordinal).Replace("3.2.1", "three", StringComparison.Ordinal));

        var refused = await Assert.ThrowsAsync<RpcException>(() => world.Upload(id, wrong, "wrong.json"));

        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
        Assert.Equal(["mecVersion", "virtualComputeDescriptor.virtualCpu.numVirtualCpu"], refused.ToFailure().Faults.Where(f => f.Severity == Mesh.Failures.FaultSeverity.Error).Select(f => f.Path).Order());
        var record = await world.Get(id);
        Assert.Equal((OnboardingState.Created, "PACKAGE_REFUSED", ""), (record.OnboardingState, record.OnboardingFailure.Reason, record.AppDId));
        Assert.Equal(3, record.OnboardingFailure.Faults.Count); // two errors, and that the image lies elsewhere
        Assert.Empty(world.FilesOnDisk);

        Assert.Equal(OnboardingState.Onboarded, (await world.Upload(id, Encoding.UTF8.GetBytes(APackage.Json))).OnboardingState);
        Assert.Null((await world.Get(id)).OnboardingFailure);
    }

    [Fact]
    public async Task A_thousand_faults_still_fit_the_status_and_the_record_has_them()
    {
        await using var world = await OnboardingWorld.Start();
        var id = await world.Create();
        var rules = string.Join(",", Enumerable.Range(0, 1000).Select(i => $"{{\"dnsRuleId\":\"r{i}\",\"domainName\":\"-\",\"ipAddressType\":\"IP_V4\",\"ipAddress\":\"x\"}}"));

        var refused = await Assert.ThrowsAsync<RpcException>(() => world.Upload(id, Encoding.UTF8.GetBytes(APackage.Json.Replace("\"mecVersion\"", $"\"appDNSRule\": [{rules}], \"mecVersion\"", StringComparison.Ordinal))));

        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
        var failure = refused.ToFailure();
        Assert.InRange(failure.Faults.Count, 5, 40);
        var all = (await world.Get(id)).OnboardingFailure.Faults.Count;
        Assert.InRange(all, 200, 201);
        Assert.Equal(all, failure.Faults.Count + failure.FaultsLeftOut);
    }

    [Fact]
    public async Task A_second_package_with_the_same_descriptor_id_is_refused_and_names_the_first()
    {
        await using var world = await OnboardingWorld.Start();
        var first = await world.Onboard(APackage.Csar(world));
        var files = world.FilesOnDisk.Order().ToList();
        var second = await world.Create();

        var refused = await Assert.ThrowsAsync<RpcException>(() => world.Upload(second, APackage.Csar(world, program: "\u007fELF another")));

        Assert.Equal(StatusCode.AlreadyExists, refused.StatusCode);
        Assert.Contains(first.AppPackageId, refused.Status.Detail, StringComparison.Ordinal);
        Assert.Equal((OnboardingState.Created, "APPD_EXISTS"), ((await world.Get(second)).OnboardingState, (await world.Get(second)).OnboardingFailure.Reason));
        Assert.Equal(files, world.FilesOnDisk.Order());
    }

    [Fact]
    public async Task An_upload_that_breaks_off_leaves_CREATED_and_no_file()
    {
        await using var world = await OnboardingWorld.Start();
        var id = await world.Create();
        using (var call = world.Client.UploadAppPackage())
        {
            await call.RequestStream.WriteAsync(new() { Header = new() { AppPackageId = id } });
            await call.RequestStream.WriteAsync(new() { Chunk = Google.Protobuf.ByteString.CopyFrom(new byte[100_000]) });
            await Eventually.Is(async () => (await world.Get(id)).OnboardingState == OnboardingState.Uploading);
        }

        await Eventually.Is(async () => (await world.Get(id)).OnboardingState == OnboardingState.Created);
        Assert.Equal("UPLOAD_BROKEN_OFF", (await world.Get(id)).OnboardingFailure.Reason);
        await Eventually.Is(() => !world.FilesOnDisk.Any());
    }

    [Fact]
    public async Task Content_that_is_not_what_the_header_says_is_refused()
    {
        await using var world = await OnboardingWorld.Start();
        var id = await world.Create();

        var refused = await Assert.ThrowsAsync<RpcException>(() => world.Upload(id, Encoding.UTF8.GetBytes(APackage.Json), sha256: new string('0', 64)));

        Assert.Equal((StatusCode.InvalidArgument, "UPLOAD_DIGEST"), (refused.StatusCode, refused.ToFailure().Reason));
        Assert.Empty(world.FilesOnDisk);
    }

    [Fact]
    public async Task A_package_over_the_limit_is_refused_while_it_arrives()
    {
        await using var world = await OnboardingWorld.Start(o => o with { Limits = new PackageLimits { MaxPackageBytes = 100_000 } });
        var id = await world.Create();

        var refused = await Assert.ThrowsAsync<RpcException>(() => world.Upload(id, new byte[3_000_000]));

        Assert.Equal(StatusCode.ResourceExhausted, refused.StatusCode);
        Assert.Equal(OnboardingState.Created, (await world.Get(id)).OnboardingState);
        Assert.Empty(world.FilesOnDisk);
    }

    [Fact]
    public async Task A_silent_upload_is_given_up()
    {
        await using var world = await OnboardingWorld.Start(o => o with { UploadIdle = TimeSpan.FromSeconds(2) });
        var id = await world.Create();
        using var call = world.Client.UploadAppPackage();
        await call.RequestStream.WriteAsync(new() { Header = new() { AppPackageId = id } });

        var refused = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync).Soon();

        Assert.Equal(StatusCode.DeadlineExceeded, refused.StatusCode);
        Assert.Equal(OnboardingState.Created, (await world.Get(id)).OnboardingState);
    }

    [Fact]
    public async Task An_onboarded_package_takes_no_second_content()
    {
        await using var world = await OnboardingWorld.Start();
        var package = await world.Onboard(APackage.Csar(world));

        var refused = await Assert.ThrowsAsync<RpcException>(() => world.Upload(package.AppPackageId, APackage.Csar(world)));

        var failure = refused.ToFailure();
        Assert.Equal((StatusCode.FailedPrecondition, "ONBOARDED", "CREATED"), (refused.StatusCode, failure.CurrentState, Assert.Single(failure.AllowedStates)));
    }

    [Fact]
    public async Task An_upload_repeated_with_its_digest_answers_the_package_that_is_there()
    {
        await using var world = await OnboardingWorld.Start();
        var content = APackage.Csar(world);
        var package = await world.Onboard(content);

        var again = await world.Upload(package.AppPackageId, content, sha256: Convert.ToHexStringLower(SHA256.HashData(content)));

        Assert.Equal(package, again);
    }

    [Fact]
    public async Task A_stream_out_of_order_is_refused()
    {
        await using var world = await OnboardingWorld.Start();
        using var call = world.Client.UploadAppPackage();
        await call.RequestStream.WriteAsync(new() { Chunk = Google.Protobuf.ByteString.CopyFromUtf8("x") });
        await call.RequestStream.CompleteAsync();

        var refused = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync);

        Assert.Equal((StatusCode.InvalidArgument, "UPLOAD_ORDER"), (refused.StatusCode, refused.ToFailure().Reason));
    }
}
