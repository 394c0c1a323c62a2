using System.Net;
using System.Text;
using Mano.Mesh.Failures;
using Mano.Testing;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.OpenStack;
using Mano.VimAdapters.OpenStack.Cinder;
using Mano.VimAdapters.OpenStack.Glance;
using Mano.VimAdapters.OpenStack.Http;
using Mano.VimAdapters.OpenStack.Keystone;
using Mano.VimAdapters.OpenStack.Networks;
using Mano.VimAdapters.OpenStack.Nova;

namespace Mano.VimAdapters.Tests.OpenStack;

/// <summary>What the OpenStack adapter decides without asking anybody.</summary>
public sealed class RulesTests
{
    private static readonly OpenStackOptions Options = new() { Folder = "/nowhere" };

    [Theory]
    [InlineData("2.93", "2.93")]
    [InlineData("2.64", "2.64")]
    [InlineData("2.79", "2.79")]
    [InlineData("2.100", "2.93")]
    public void The_newest_microversion_that_both_know_is_spoken(string theirs, string chosen) =>
        Assert.Equal(chosen, Microversion.Choose(new() { Version = theirs, MinVersion = "2.1" }, new("http://nova")).ToString());

    [Theory]
    [InlineData("2.63")]
    [InlineData("")]
    [InlineData(null)]
    public void A_Nova_that_is_too_old_is_refused_with_what_would_do(string? theirs)
    {
        var refused = Assert.Throws<FailureException>(() => Microversion.Choose(new() { Version = theirs }, new("http://nova")));
        Assert.Equal(FailureKind.Unimplemented, refused.Failure.Kind);
        Assert.Contains("2.64", refused.Failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://c:8774/v2.1", "http://c:8774/v2.1/")]
    [InlineData("http://c:8774/v2.1/4b52466bd93a4536a5a20a7cda6c5899", "http://c:8774/v2.1/")]
    [InlineData("https://c/compute/v2.1/", "https://c/compute/v2.1/")]
    [InlineData("https://c/compute", "https://c/compute/v2.1/")]
    public void Novas_root_is_found_however_the_catalogue_spells_it(string url, string root) =>
        Assert.Equal(root, EndpointAddress.Of(CloudService.Nova, new(url)).AbsoluteUri);

    [Fact]
    public void Other_services_get_their_version_and_Cinder_keeps_its_project()
    {
        Assert.Equal("http://n:9696/v2.0/", EndpointAddress.Of(CloudService.Neutron, new("http://n:9696")).AbsoluteUri);
        Assert.Equal("http://g/image/v2/", EndpointAddress.Of(CloudService.Glance, new("http://g/image/v2/")).AbsoluteUri);
        Assert.Equal("http://p/placement/", EndpointAddress.Of(CloudService.Placement, new("http://p/placement")).AbsoluteUri);
        Assert.Equal("http://v:8776/v3/4b52/", EndpointAddress.Of(CloudService.Cinder, new("http://v:8776/v3/4b52")).AbsoluteUri);
    }

    [Fact]
    public void A_token_is_renewed_well_before_its_end_and_a_short_one_not_too_soon()
    {
        var now = new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);
        Assert.Equal(now.AddMinutes(55), CloudToken.RenewalOf(now, now.AddHours(1)));
        Assert.Equal(now.AddSeconds(90), CloudToken.RenewalOf(now, now.AddMinutes(2)));
    }

    [Theory]
    [InlineData("""{"forbidden": {"code": 403, "message": "Quota exceeded"}}""", "forbidden", "Quota exceeded")]
    [InlineData("""{"NeutronError": {"type": "OverQuota", "message": "Quota exceeded for resources: ['port'].", "detail": ""}}""", "OverQuota", "Quota exceeded for resources: ['port'].")]
    [InlineData("""{"errors": [{"status": 403, "title": "Forbidden", "detail": "Access was\n denied"}]}""", "Forbidden", "Access was denied")]
    [InlineData("""{"error": {"code": 401, "message": "The request you have made requires authentication.", "title": "Unauthorized"}}""", "Unauthorized", "The request you have made requires authentication.")]
    [InlineData("<html><h1>409 Conflict</h1><br />No\n\n</html>", "", "409 Conflict No")]
    [InlineData("", "", "Conflict")]
    [InlineData("{\"broken", "", "{\"broken")]
    public void A_service_is_quoted_in_its_own_words(string body, string kind, string sentence) =>
        Assert.Equal((kind, sentence), ErrorText.Of(body, HttpStatusCode.Conflict));

    [Theory]
    [InlineData(HttpStatusCode.Forbidden, "forbidden", "Quota exceeded for cores: Requested 4, but already used 20 of 20 cores", FailureKind.NoCapacity)]
    [InlineData(HttpStatusCode.Forbidden, "forbidden", "Policy doesn't allow os_compute_api:servers:create to be performed.", FailureKind.Forbidden)]
    [InlineData(HttpStatusCode.Conflict, "OverQuota", "Quota exceeded for resources: ['port'].", FailureKind.NoCapacity)]
    [InlineData(HttpStatusCode.Conflict, "IpAddressAlreadyAllocated", "IP address 10.9.0.7 already allocated in subnet s", FailureKind.NoCapacity)]
    [InlineData(HttpStatusCode.BadRequest, "badRequest", "Invalid user_data", FailureKind.InvalidInput)]
    [InlineData(HttpStatusCode.InternalServerError, "computeFault", "Unexpected API Error.", FailureKind.Unavailable)]
    [InlineData(HttpStatusCode.ServiceUnavailable, "", "busy", FailureKind.Unavailable)]
    [InlineData(HttpStatusCode.Unauthorized, "", "no", FailureKind.Forbidden)]
    public void A_refusal_becomes_the_line_of_the_contracts_table(HttpStatusCode status, string kind, string sentence, FailureKind failure)
    {
        var mapped = OpenStackFailures.Of(new("Nova", "POST /servers", status, kind, sentence, "req-1"), "one", Spec());
        Assert.Equal(failure, mapped.Kind);
        Assert.Contains(sentence, mapped.Message, StringComparison.Ordinal);
        Assert.Contains("req-1", mapped.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_refusal_does_not_repeat_what_the_environment_and_the_boot_data_hold()
    {
        var spec = Spec() with { BootData = "password: hunter22", Environment = new Dictionary<string, string> { ["TOKEN"] = "hunter33" } };
        var encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes("password: hunter22"));
        var mapped = OpenStackFailures.Of(new("Nova", "POST /servers", HttpStatusCode.BadRequest, "", $"user_data {encoded} and hunter33 are bad", ""), "one", spec);
        Assert.DoesNotContain("hunter33", mapped.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(encoded, mapped.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_smallest_flavor_that_holds_it_is_taken_and_a_special_one_only_by_name()
    {
        FlavorDetails[] offered = [Flavor("large", 4, 8192, 40), Flavor("small", 1, 512, 10), Flavor("gpu", 1, 256, 10, ("resources:VGPU", "1")), Flavor("medium", 2, 2048, 20)];
        Assert.Equal("small", Flavors.Smallest(offered, new(1, 256, 5), Options)?.Name);
        Assert.Equal("medium", Flavors.Smallest(offered, new(1, 600, 5), Options)?.Name);
        Assert.Equal("gpu", Flavors.Smallest(offered, new(1, 256, 5), Options with { Flavors = ["gpu"] })?.Name);
        Assert.Null(Flavors.Smallest(offered, new(1, 256, 50), Options));
        Assert.Equal("small", Flavors.Smallest(offered, new(1, 512, 50), Options with { BootFromVolume = true })?.Name);
    }

    [Fact]
    public void A_flavor_holds_the_root_disk_without_the_volumes_and_what_the_image_wants()
    {
        var spec = Spec() with { Resources = new(1500, 100, 30), Volumes = [new("data", 20)] };
        Assert.Equal(new FlavorNeed(2, 128, 10), Flavors.NeedOf(spec, new(new(spec.Images[0], 1), "id", 4, 128), Options));
        Assert.Equal(new FlavorNeed(1, 1, 0), Flavors.NeedOf(Spec() with { Resources = default }, new(new(spec.Images[0], 1), "id", 0, 0), Options));
    }

    [Fact]
    public void A_qcow2_disk_with_a_file_below_it_is_refused()
    {
        byte[] header = [(byte)'Q', (byte)'F', (byte)'I', 0xfb, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        var image = new ImageReference("sha256:" + new string('a', 64), ImageFormat.Qcow2);
        Assert.Null(ImageHeader.FaultOf(image, header));
        Assert.NotNull(ImageHeader.FaultOf(image with { Format = ImageFormat.Raw }, header));
        Assert.NotNull(ImageHeader.FaultOf(image, "not a disk at all"u8));
        header[15] = 112;
        Assert.Contains("another file below it", ImageHeader.FaultOf(image, header)!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Boot_data_and_environment_reach_the_guest_side_by_side()
    {
        var record = Record() with { Spec = Spec() with { BootData = "#!/bin/sh\necho hi\n", Environment = new Dictionary<string, string> { ["A"] = "it's" } } };
        var text = Encoding.UTF8.GetString(Convert.FromBase64String(UserData.Of(record, Options, [])!));
        Assert.Contains("text/x-shellscript", text, StringComparison.Ordinal);
        Assert.Contains("echo hi", text, StringComparison.Ordinal);
        var content = text.Split("content: ")[1].Split('\n')[0];
        Assert.Contains("A='it'\\''s'\n", Encoding.UTF8.GetString(Convert.FromBase64String(content)), StringComparison.Ordinal);

        // What is of another kind is left as it is, and said to be without the environment.
        var ignition = record.Spec with { BootData = "{\"ignition\": {}}" };
        Assert.Equal("{\"ignition\": {}}", Encoding.UTF8.GetString(Convert.FromBase64String(UserData.Of(record with { Spec = ignition }, Options, [])!)));
        Assert.False(UserData.EnvironmentOf(ignition, Options).Applied);
        Assert.Throws<FailureException>(() => UserData.Of(record with { Spec = Spec() with { BootData = new string('x', 60_000) } }, Options, []));
    }

    [Fact]
    public void A_server_that_boots_from_a_volume_gets_one_of_its_image_and_its_own_beside_it()
    {
        var record = Record() with { Spec = Spec() with { Volumes = [new("data", 5, "/var/lib/db")] }, ImageMinDiskGib = 12 };
        var server = ServerRequest.Of(record, new Mark("edge"), Options with { BootFromVolume = true }, ["port-1"], null, [new VolumeDetails { Id = "0123456789abcdef0123456789" }]).Server;
        Assert.Null(server.ImageRef);
        Assert.Equal(("image", 0, 12, true), (server.BlockDevices![0].SourceType, server.BlockDevices[0].BootIndex, server.BlockDevices[0].VolumeSize!.Value, server.BlockDevices[0].DeleteOnTermination));
        Assert.Equal(("volume", -1, false), (server.BlockDevices[1].SourceType, server.BlockDevices[1].BootIndex, server.BlockDevices[1].DeleteOnTermination));
        Assert.Contains("[/dev/disk/by-id/virtio-0123456789abcdef0123, /var/lib/db, ext4", Encoding.UTF8.GetString(Convert.FromBase64String(server.UserData!)), StringComparison.Ordinal);
    }

    [Fact]
    public void The_server_of_a_compute_is_the_one_its_record_names_or_else_the_first_that_is_no_error()
    {
        ServerDetails Server(string id, string status, int second) => new() { Id = id, Status = status, Created = DateTimeOffset.UnixEpoch.AddSeconds(second) };
        ServerDetails[] servers = [Server("a", "ERROR", 0), Server("c", "ACTIVE", 2), Server("b", "BUILD", 1)];
        Assert.Equal("b", ServerChoice.Winner(Record(), servers)?.Id);
        Assert.Equal("c", ServerChoice.Winner(Record() with { ServerId = "c" }, servers)?.Id);
        Assert.Null(ServerChoice.Winner(Record(), []));
    }

    [Fact]
    public void Networks_get_the_first_free_part_of_the_pool()
    {
        Assert.Equal("10.181.0.0/24", NetworkChoice.Free("10.181.0.0/16", []));
        Assert.Equal("10.181.2.0/24", NetworkChoice.Free("10.181.0.0/16", [IPNetwork.Parse("10.181.0.0/23")]));
        Assert.Null(NetworkChoice.Free("10.181.0.0/24", [IPNetwork.Parse("10.181.0.128/25")]));
    }

    [Fact]
    public void Settings_are_refused_with_every_fault_and_without_the_password()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.File("clouds.yaml"), "clouds:\n  one:\n    auth: {auth_url: 'http://k/v3', username: u, password: hunter22, project_name: p}\n    region_name: R\n  two: {}\n");
        var read = CloudSettings.Of(new() { Folder = folder.FullPath, CloudsFile = folder.File("clouds.yaml"), Cloud = "one", ProjectName = "mine" });
        Assert.Equal(("u", "mine", "R", "public"), (read.Username, read.ProjectName, read.Region, read.Interface));

        var refused = Assert.Throws<FailureException>(() => CloudSettings.Of(new() { CloudsFile = folder.File("clouds.yaml"), Cloud = "three", Interface = "private", Password = "hunter33" }));
        foreach (var fault in new[] { "one, two", "Interface", "AuthUrl", "Username", "ProjectName", "Folder" })
        {
            Assert.Contains(fault, refused.Failure.Message, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("hunter", refused.Failure.Message, StringComparison.Ordinal);
    }

    private static FlavorDetails Flavor(string name, int vcpus, long ram, long disk, params (string Key, string Value)[] extra) =>
        new() { Id = name, Name = name, Vcpus = vcpus, Ram = ram, Disk = disk, ExtraSpecs = extra.ToDictionary(e => e.Key, e => e.Value) };

    private static ComputeSpec Spec() => new()
    {
        Name = "app", Images = [new("sha256:" + new string('a', 64), ImageFormat.Raw)], Resources = new(1000, 64, 1), Labels = new("t", "app"),
    };

    private static ServerRecord Record() => new()
    {
        ComputeId = "one", Spec = Spec(), SpecDigest = "", Fence = new(1), CreatedAt = DateTimeOffset.UnixEpoch.AddDays(1), Address = "10.0.0.5",
    };
}
