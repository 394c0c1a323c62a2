using System.Security.Cryptography;
using Google.Protobuf;
using Grpc.Core;
using Mano.Mesh.Failures;
using Mano.Onboarding.V1;
using Mano.Testing;
using static Mano.Onboarding.V1.AppPackage.Types;

namespace Mano.Meo.Tests.Onboarding;

/// <summary>Uploads that break off and go on.</summary>
public sealed class ResumeTests
{
    private const int Sent = 1000;

    [Fact]
    public async Task An_upload_that_broke_off_goes_on_where_it_was_even_after_a_restart()
    {
        await using var world = await OnboardingWorld.Start();
        var (content, sha256) = Content(world);
        var id = await BreakOff(world, content, sha256);
        Assert.Equal(Sent, await Offset(world, id, sha256));
        await world.Restart();
        Assert.Equal(Sent, await Offset(world, id, sha256));

        var package = await Upload(world, id, sha256, content[Sent..], Sent);

        Assert.Equal((OnboardingState.Onboarded, sha256), (package.OnboardingState, package.Content.Sha256));
        Assert.Equal(content, await world.Download(sha256));
        Assert.Equal(content.Length, await Offset(world, id, sha256)); // who lost the answer sends the header alone
        Assert.Equal(OnboardingState.Onboarded, (await Upload(world, id, sha256, [], content.Length)).OnboardingState);
    }

    [Fact]
    public async Task Going_on_elsewhere_than_where_it_broke_off_is_refused_and_says_where_it_goes_on()
    {
        await using var world = await OnboardingWorld.Start();
        var (content, sha256) = Content(world);
        var id = await BreakOff(world, content, sha256);

        var refused = await Assert.ThrowsAsync<RpcException>(() => Upload(world, id, sha256, content[2000..], 2000));
        Assert.Equal((StatusCode.OutOfRange, "UPLOAD_OFFSET"), (refused.StatusCode, refused.ToFailure().Reason));
        Assert.Contains("1000 bytes of", refused.Status.Detail, StringComparison.Ordinal);
        var unknown = await Assert.ThrowsAsync<RpcException>(() => Upload(world, id, "", content[Sent..], Sent));
        Assert.Equal(StatusCode.InvalidArgument, unknown.StatusCode);

        Assert.Equal(OnboardingState.Onboarded, (await Upload(world, id, sha256, content, 0)).OnboardingState); // from the beginning is always right
    }

    [Fact]
    public async Task What_arrived_the_second_time_must_fit_what_arrived_the_first_time()
    {
        await using var world = await OnboardingWorld.Start();
        var (content, sha256) = Content(world);
        var id = await BreakOff(world, content, sha256);

        var refused = await Assert.ThrowsAsync<RpcException>(() => Upload(world, id, sha256, new byte[content.Length - Sent], Sent));

        Assert.Equal("UPLOAD_DIGEST", refused.ToFailure().Reason);
        Assert.Equal(0, await Offset(world, id, sha256));
        Assert.Empty(world.FilesOnDisk);
    }

    [Fact]
    public async Task What_nobody_goes_on_with_goes_with_its_package_or_when_its_time_is_over()
    {
        await using var world = await OnboardingWorld.Start(o => o with { KeepBrokenOff = TimeSpan.FromSeconds(1) });
        var (content, sha256) = Content(world);
        var id = await BreakOff(world, content, sha256);
        await world.Client.DeleteAppPackageAsync(new() { AppPackageId = id });
        Assert.Empty(world.FilesOnDisk);

        await BreakOff(world, content, sha256);
        var file = Assert.Single(world.FilesOnDisk);
        File.SetLastWriteTimeUtc(file, File.GetLastWriteTimeUtc(file).AddHours(-1));
        await world.Onboard(System.Text.Encoding.UTF8.GetBytes(APackage.Json));
        Assert.DoesNotContain(file, world.FilesOnDisk);
    }

    [Fact]
    public async Task A_part_of_a_file_is_downloaded_as_asked()
    {
        await using var world = await OnboardingWorld.Start();
        var (content, sha256) = Content(world);
        await world.Onboard(content);

        foreach (var (offset, length) in new[] { (0, 1), (10, 100), (content.Length - 5, 100), (content.Length, 7) })
        {
            using var call = world.Client.DownloadArtifact(new() { Sha256 = sha256, Offset = offset, Length = length });
            var bytes = new List<byte>();
            await foreach (var part in call.ResponseStream.ReadAllAsync())
            {
                Assert.Equal(content.Length, part.TotalBytes);
                bytes.AddRange(part.Chunk);
            }

            Assert.Equal(content.Skip(offset).Take(length), bytes);
        }

        var refused = await Assert.ThrowsAsync<RpcException>(() => world.Client.DownloadArtifact(new() { Sha256 = sha256, Length = -1 }).ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
    }

    private static (byte[] Content, string Sha256) Content(OnboardingWorld world)
    {
        var content = APackage.Csar(world, program: "\u007fELF" + string.Concat(Enumerable.Range(0, 2000).Select(i => i * 7919 % 1000)));
        Assert.True(content.Length > 2500);
        return (content, Convert.ToHexStringLower(SHA256.HashData(content)));
    }

    /// <summary>The first thousand bytes arrive, then the caller is gone.</summary>
    private static async Task<string> BreakOff(OnboardingWorld world, byte[] content, string sha256)
    {
        var id = await world.Create();
        using (var call = world.Client.UploadAppPackage())
        {
            await call.RequestStream.WriteAsync(new() { Header = new() { AppPackageId = id, FileName = "app.csar", Sha256 = sha256 } });
            await call.RequestStream.WriteAsync(new() { Chunk = ByteString.CopyFrom(content, 0, Sent) });
            await Eventually.Is(async () => (await world.Get(id)).OnboardingState == OnboardingState.Uploading);
            await Eventually.Is(() => world.PartialBytes() == Sent);
        }

        await Eventually.Is(async () => (await world.Get(id)).OnboardingState == OnboardingState.Created);
        Assert.Equal("UPLOAD_BROKEN_OFF", (await world.Get(id)).OnboardingFailure.Reason);
        return id;
    }

    private static async Task<long> Offset(OnboardingWorld world, string id, string sha256) =>
        (await world.Client.GetUploadOffsetAsync(new() { AppPackageId = id, Sha256 = sha256 })).Offset;

    private static async Task<AppPackage> Upload(OnboardingWorld world, string id, string sha256, byte[] content, long offset)
    {
        using var call = world.Client.UploadAppPackage();
        try
        {
            await call.RequestStream.WriteAsync(new() { Header = new() { AppPackageId = id, FileName = "app.csar", Sha256 = sha256, Offset = offset } });
            if (content.Length > 0)
            {
                await call.RequestStream.WriteAsync(new() { Chunk = ByteString.CopyFrom(content) });
            }

            await call.RequestStream.CompleteAsync();
        }
        catch (RpcException)
        {
            // Refused while it was sent; the answer says why.
        }

        return (await call.ResponseAsync).AppPackage;
    }
}
