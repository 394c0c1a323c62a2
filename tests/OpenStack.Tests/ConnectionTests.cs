using System.Text.Json.Nodes;
using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.OpenStack;

namespace Mano.OpenStack.Tests;

/// <summary>Who we are at the cloud, and what a person is told who gets it wrong.</summary>
[Trait("Speed", "Slow")]
[Collection(Testbed.Name)]
public sealed class ConnectionTests(Testbed testbed) : IAsyncLifetime
{
    private CloudProject project = null!;
    private CloudBench bench = null!;

    public async Task InitializeAsync()
    {
        if (Testbed.WhyMissing is null)
        {
            project = await CloudProject.MakeAsync(testbed);
            bench = new(project);
        }
    }

    public async Task DisposeAsync()
    {
        if (project is not null)
        {
            await bench.DisposeAsync();
            project.Dispose();
        }
    }

    [CloudFact]
    public async Task A_look_at_a_cloud_that_is_as_it_must_be_finds_nothing_missing()
    {
        var checks = await bench.Open().CheckConnectionAsync(default);
        Assert.DoesNotContain(checks, c => c.Result == ConnectionResult.Failed);
        Assert.Contains(checks, c => c is { Name: "TLS", Result: ConnectionResult.Warning });
        Assert.Contains(checks, c => c is { Name: "catalogue: Cinder", Result: ConnectionResult.Warning });
        Assert.Contains(checks, c => c.Name == "Nova" && c.Detail.Contains("2.93", StringComparison.Ordinal));
        Assert.All(checks.Where(c => c.Result != ConnectionResult.Ok), c => Assert.NotEqual("", c.Remedy));
    }

    [CloudFact]
    public async Task A_wrong_password_is_PERMISSION_DENIED_names_the_user_and_is_never_shown()
    {
        const string wrong = "wr0ng-and-still-secret";
        var vim = bench.Open(bench.Options() with { Password = wrong });
        var refused = await Assert.ThrowsAsync<FailureException>(() => vim.GetCapabilitiesAsync(default));
        Assert.Equal(FailureKind.Forbidden, refused.Failure.Kind);
        Assert.Contains(project.User, refused.Failure.Message, StringComparison.Ordinal);
        Assert.Contains("req-", refused.Failure.Message, StringComparison.Ordinal);
        var checks = await vim.CheckConnectionAsync(default);
        Assert.Equal(ConnectionResult.Failed, checks.Single(c => c.Name == "credentials").Result);
        Assert.DoesNotContain(wrong, bench.Log.Text + refused + string.Join('\n', checks), StringComparison.Ordinal);
    }

    [CloudFact]
    public async Task A_region_that_is_not_there_is_named_with_those_that_are()
    {
        var checks = await bench.Open(bench.Options() with { Region = "Nowhere" }).CheckConnectionAsync(default);
        var nova = checks.Single(c => c.Name == "catalogue: Nova");
        Assert.Equal(ConnectionResult.Failed, nova.Result);
        Assert.Contains("compute/public/RegionOne", nova.Detail, StringComparison.Ordinal);
    }

    [CloudFact]
    public async Task Settings_that_name_what_is_not_there_are_found()
    {
        var checks = await bench.Open(bench.Options() with { Network = "no-such-net", Flavors = ["no-such-flavor"], MoreSecurityGroups = ["no-such-group"] }).CheckConnectionAsync(default);
        foreach (var name in new[] { "network", "flavors", "security group no-such-group" })
        {
            var check = checks.Single(c => c.Name == name);
            Assert.Equal(ConnectionResult.Failed, check.Result);
            Assert.Contains("no-such-", check.Detail, StringComparison.Ordinal);
            Assert.NotEqual("", check.Remedy);
        }
    }

    [CloudFact]
    public async Task An_application_credential_is_enough()
    {
        var made = await project.AsUserAsync("POST", $"{testbed.Keystone}/users/{project.UserId}/application_credentials",
            new JsonObject { ["application_credential"] = new JsonObject { ["name"] = "mano" } });
        var vim = bench.Open(bench.Options() with
        {
            Username = null, Password = null, ProjectName = null,
            ApplicationCredentialId = CloudProject.Text(made, "application_credential", "id"),
            ApplicationCredentialSecret = CloudProject.Text(made, "application_credential", "secret"),
        });
        Assert.Equal(20_000, (await vim.GetCapacityAsync(default)).Total.MilliCpu);
    }

    [CloudFact]
    public async Task A_clouds_yaml_is_enough()
    {
        var vim = bench.Open(new OpenStackOptions { Folder = bench.Folder(), CloudsFile = testbed.CloudsFile, Cloud = "testbed-demo", Network = "provider" });
        Assert.Equal(20_000, (await vim.GetCapacityAsync(default)).Total.MilliCpu);
        Assert.False((await vim.GetCapabilitiesAsync(default)).Has(VimCapability.FixedAddresses));
    }
}
