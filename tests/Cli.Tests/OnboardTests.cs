using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Mano.Testing;

namespace Mano.Cli.Tests;

/// <summary><c>mano package onboard</c> as a process of its own against a real MEO: what it says of faults, and over a line that breaks.</summary>
public sealed class OnboardTests(RunningAllInOne system) : IClassFixture<RunningAllInOne>
{
    private const int ArtifactBytes = 12 * 1024 * 1024;
    private const int Refused = (int)Terminal.ExitCode.Refused;

    [Fact]
    public async Task Every_fault_is_shown_however_many_there_are_and_they_are_those_that_validate_shows()
    {
        var rules = string.Join(",", Enumerable.Range(0, 120).Select(i => $$"""{"dnsRuleId":"r{{i}}","domainName":"-","ipAddressType":"IP_V4","ipAddress":"not an address"}"""));
        await File.WriteAllTextAsync(system.Folder.File("many.json"), $$"""{"appDId":"many-faults","appDNSRule":[{{rules}}]}""");
        await AssertAllShown(system.Folder.File("many.json"), atLeast: 120);
    }

    [SharedTheory]
    [InlineData("appstore-be__new_csar.csar")]
    [InlineData("mecm-appo__22406fba-fd5d-4f55-b3fa-89a45fee913a-apprules.csar")]
    public async Task Every_fault_of_a_real_package_is_shown(string package) => await AssertAllShown(SharedInput.File("corpus", "edgegallery", package), atLeast: 2);

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task An_upload_whose_connection_breaks_goes_on_where_it_was_and_says_so(int times)
    {
        var (file, sha256) = await Package($"broken-line-{times}");
        await using var line = new CuttingProxy(system.Addresses.Meo.Grpc, [.. Enumerable.Repeat(ArtifactBytes / 4L, times)]);
        var run = await ManoProcess.Run(system.Folder, "package", "onboard", file, "--meo", line.Address);
        Assert.True(run.Code == 0, run.ToString());
        Assert.Equal(times, line.Cuts);

        var offsets = run.Err.Split('\n').Where(l => l.StartsWith("going on with ", StringComparison.Ordinal))
            .Select(l => long.Parse(l.Split(" at byte ")[1].Split(' ')[0], CultureInfo.InvariantCulture)).ToList();
        Assert.True(offsets.Count >= times, run.Err);
        Assert.Equal(offsets.Order(), offsets);

        // Each cut may lose what HTTP/2's window lets be under way.
        Assert.True(offsets[^1] > (ArtifactBytes / 4L * times) - ((times + 1L) << 20), $"went on at {string.Join(", ", offsets)}");
        Assert.True(line.Passed < ArtifactBytes + ((times + 1L) << 20), $"{line.Passed} bytes were sent: not only what was missing");
        Assert.Equal(sha256, await DigestOf($"broken-line-{times}"));
    }

    private async Task AssertAllShown(string file, int atLeast)
    {
        var validated = await ManoProcess.Run(system.Folder, "package", "validate", file);
        var onboarded = await ManoProcess.Run(system.Folder, "package", "onboard", file, "--meo", system.Addresses.Meo.Grpc);
        Assert.Equal((1, Refused), (validated.Code, onboarded.Code));
        var faults = FaultsIn(onboarded.Err);
        Assert.True(faults.Count >= atLeast, onboarded.Err);
        Assert.Equal(FaultsIn(validated.Err), faults);
        Assert.DoesNotContain("no room", onboarded.Err, StringComparison.Ordinal);

        var json = await ManoProcess.Run(system.Folder, "package", "onboard", file, "--meo", system.Addresses.Meo.Grpc, "--output", "json");
        using var document = JsonDocument.Parse(json.Out);
        Assert.Equal(faults.Count, document.RootElement.GetProperty("failure").GetProperty("faults").GetArrayLength());
    }

    private static List<string> FaultsIn(string screen) => [.. screen.Split('\n').Where(l => l.StartsWith("  error", StringComparison.Ordinal) || l.StartsWith("  warning", StringComparison.Ordinal))];

    /// <summary>A package of some size: the sample under another name, with a program that does not compress.</summary>
    private async Task<(string File, string Sha256)> Package(string id)
    {
        var folder = system.Folder.File(id);
        var sample = Path.Combine(Repository.Folder, "samples", "quiet-echo", "package");
        foreach (var file in Directory.EnumerateFiles(sample, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(folder, Path.GetRelativePath(sample, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            await File.WriteAllTextAsync(copy, (await File.ReadAllTextAsync(file)).Replace("6d616e6f-0002-4e65-8a1c-6563686f3031", id, StringComparison.Ordinal));
        }

        Directory.CreateDirectory(Path.Combine(folder, "Artifacts", "bin"));
        await File.WriteAllBytesAsync(Path.Combine(folder, "Artifacts", "bin", "quiet-echo"), RandomNumberGenerator.GetBytes(ArtifactBytes));
        var package = system.Folder.File($"{id}.csar");
        await system.Done("package", "build", folder, "-o", package);
        await using var built = File.OpenRead(package);
        return (package, Convert.ToHexStringLower(await SHA256.HashDataAsync(built)));
    }

    private async Task<string> DigestOf(string appDId)
    {
        using var list = JsonDocument.Parse((await system.Done("package", "list", "--output", "json")).Out);
        return list.RootElement.GetProperty("appPackages").EnumerateArray().Single(p => p.GetProperty("appDId").GetString() == appDId).GetProperty("content").GetProperty("sha256").GetString()!;
    }
}
