using System.Net.Http.Headers;
using System.Text;
using Grpc.Core;
using Mano.Common.V1;
using Mano.Lifecycle.V1;
using Mano.Mesh.Failures;
using Mano.Mesh.Tests.Processes;
using Mano.Onboarding.V1;
using Mano.Platform.V1;
using Mano.Testing;
using Ended = Mano.Lifecycle.V1.Operation.Types.State;

namespace Mano.Mesh.Tests.RealInput;

/// <summary>Real packages through real processes on the simulated VIM: the good run and leave nothing, the bad are refused and leave nothing.</summary>
[Trait("Speed", "Slow")]
public sealed class RealPackagesTests
{
    private const string Vim = "vim=Simulated,vim.BootTime=00:00:00.05,arch=x86_64";

    public static TheoryData<string> Good => [.. Corpus.Good];

    [SharedFact]
    public void What_is_good_and_bad_here_is_what_the_verdicts_say()
    {
        var good = Corpus.Verdicts().Where(v => v.AppD == "ok" && v.Digests is "all-ok" or "no-digests").Select(v => v.Package).Order();
        var bad = Corpus.Verdicts().Where(v => v.AppD != "ok" || v.Digests is not ("all-ok" or "no-digests")).Select(v => v.Package).Order();
        Assert.Equal(Corpus.Good.Order(), good);
        Assert.Equal(Corpus.Bad.Keys.Order(), bad);
    }

    [SharedTheory]
    [MemberData(nameof(Good))]
    public async Task A_good_package_runs_and_leaves_nothing(string file)
    {
        await using var system = await EdgeSystem.StartAsync(Vim);
        var instance = await Instantiated(system, file, Corpus.Read(file));

        var record = (await system.Lifecycle.GetAppInstanceAsync(new() { AppInstanceId = instance })).AppInstance;
        Assert.Equal(AppInstance.Types.OperationalState.Started, record.OperationalState);
        Assert.All(record.Conditions, c => Assert.True(c.Status == Condition.Types.Status.True, $"{c}"));
        await Terminated(system, instance);
        await Clean.IsGone(system, instance);
    }

    [SharedFact]
    public async Task A_bad_package_is_refused_with_every_fault_and_leaves_nothing()
    {
        await using var system = await EdgeSystem.StartAsync(Vim);
        foreach (var (file, expected) in Corpus.Bad)
        {
            var package = (await system.Onboarding.CreateAppPackageAsync(new())).AppPackage.AppPackageId;
            var e = await Assert.ThrowsAsync<RpcException>(() => system.UploadAsync(package, file, Corpus.Read(file)));
            Assert.Equal(StatusCode.InvalidArgument, e.StatusCode);
            var errors = e.ToFailure().Faults.Where(f => f.Severity == FaultSeverity.Error).ToList();
            Assert.All(errors, f => Assert.NotEqual("", f.Path));
            foreach (var word in expected.GroupBy(w => w))
            {
                Assert.True(
                    errors.Count(f => f.Message.Contains(word.Key, StringComparison.OrdinalIgnoreCase)) >= word.Count(),
                    $"{file}: '{word.Key}' {word.Count()} times in:\n{string.Join('\n', errors)}");
            }

            var refused = await Assert.ThrowsAsync<RpcException>(async () => await system.Lifecycle.CreateAppInstanceAsync(new() { AppPackageId = package }));
            Assert.Equal(StatusCode.FailedPrecondition, refused.StatusCode);
        }

        Assert.All(
            (await system.Onboarding.ListAppPackagesAsync(new())).AppPackages,
            p => Assert.Equal(AppPackage.Types.OnboardingState.Created, p.OnboardingState));
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(system.MeoFolder, "packages"), "*", SearchOption.AllDirectories));
    }

    [SharedFact]
    public async Task With_integrity_warn_the_rules_of_the_rule_bearing_package_reach_the_platform()
    {
        await using var system = await EdgeSystem.StartAsync(Vim, "--integrity", "warn");
        await Instantiated(system, "provider.json", Corpus.ProviderOfServices);
        var instance = await Instantiated(system, Corpus.WithRules, Corpus.Read(Corpus.WithRules));

        var warnings = (await system.Onboarding.ListAppPackagesAsync(new())).AppPackages.Single(p => p.AppName != "provider").Warnings;
        Assert.Equal(2, warnings.Count(w => w.Message.Contains("SHA-256", StringComparison.Ordinal)));
        var application = (await system.Mm5.GetApplicationAsync(new() { AppInstanceId = instance })).Application;
        Assert.Equal(Application.Types.Phase.Active, application.Phase);
        AssertNotEnforced(Assert.Single(application.TrafficRules), "trafficRule1", "TUNNEL");
        var dns = Assert.Single(application.DnsRules);
        Assert.Equal(
            ("dnsRule1", "positioningservice.org", "172.30.2.17", RuleState.Active), (dns.Rule.DnsRuleId, dns.Rule.DomainName, dns.Rule.IpAddress, dns.State));

        var record = (await system.Lifecycle.GetAppInstanceAsync(new() { AppInstanceId = instance })).AppInstance;
        AssertNotEnforced(Assert.Single(record.TrafficRules), "trafficRule1", "TUNNEL");
        Assert.Equal(RuleState.Active, Assert.Single(record.DnsRules).State);
        Assert.Contains("not enforced", record.Conditions.Single(c => c.Type == "RulesActive").Message, StringComparison.Ordinal);

        await Terminated(system, instance);
        Assert.DoesNotContain((await system.Mm5.ListApplicationsAsync(new())).Applications, a => a.AppInstanceId == instance);
    }

    [SharedFact]
    public async Task The_example_of_MEC_037_runs_beside_the_services_that_it_requires()
    {
        await using var system = await EdgeSystem.StartAsync(Vim);
        var alone = await system.CreateInstanceAsync("annex-a.csar", Corpus.AnnexA());
        var e = await Assert.ThrowsAsync<RpcException>(async () => await system.Lifecycle.InstantiateAppInstanceAsync(new() { AppInstanceId = alone }));
        Assert.Equal(StatusCode.ResourceExhausted, e.StatusCode);
        Assert.Contains("1 NO_SERVICE", e.Status.Detail, StringComparison.Ordinal);

        await Instantiated(system, "provider.json", Corpus.ProviderOfServices);
        await Instantiate(system, alone);
        var application = (await system.Mm5.GetApplicationAsync(new() { AppInstanceId = alone })).Application;
        AssertNotEnforced(Assert.Single(application.TrafficRules), "rule1", "tunnel");
        Assert.Equal(("www.example.com", RuleState.Active), (application.DnsRules[0].Rule.DomainName, application.DnsRules[0].State));
        await Terminated(system, alone);
    }

    private static void AssertNotEnforced(TrafficRuleStatus rule, string id, string why)
    {
        Assert.Equal((id, RuleState.Inactive, TrafficRuleStatus.Types.Enforcement.NotEnforced), (rule.Rule.TrafficRuleId, rule.State, rule.Enforcement));
        Assert.Contains(why, rule.EnforcementMessage, StringComparison.OrdinalIgnoreCase);
    }

    private static async Task<string> Instantiated(EdgeSystem system, string file, ReadOnlyMemory<byte> content)
    {
        var instance = await system.CreateInstanceAsync(file, content);
        await Instantiate(system, instance);
        return instance;
    }

    /// <summary>Instantiates, playing the application's part where it has to say that it is ready.</summary>
    private static async Task Instantiate(EdgeSystem system, string instance)
    {
        Operation? operation = null;
        await Eventually.Is(
            async () =>
            {
                try
                {
                    operation = (await system.Lifecycle.InstantiateAppInstanceAsync(new() { AppInstanceId = instance })).Operation;
                    return true;
                }
                catch (RpcException e) when (e.Status.Detail.Contains("NO_SERVICE", StringComparison.Ordinal))
                {
                    return false; // a service that has just come is known with the next heartbeat
                }
            },
            "a host has what it requires");
        await Eventually.Is(
            async () =>
            {
                await ConfirmIfAwaited(system, instance);
                return (await system.Operations.GetOperationAsync(new() { OperationId = operation!.OperationId })).Operation.State is Ended.Completed or Ended.Failed;
            },
            "the instantiation ended");
        var ended = await system.EndOf(operation!.OperationId);
        Assert.True(ended.State == Ended.Completed, $"{ended}\n{system.Logs}");
    }

    private static async Task ConfirmIfAwaited(EdgeSystem system, string instance)
    {
        var waiting = (await system.Mm5.ListApplicationsAsync(new())).Applications
            .Any(a => a.AppInstanceId == instance && a.Phase == Application.Types.Phase.AwaitingReady);
        if (waiting)
        {
            using var client = new HttpClient();
            using var body = new StringContent("""{"indication":"READY"}""", Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
            var answer = await client.PostAsync(new Uri($"{system.Platform.Ready["http"]}/mec_app_support/v2/applications/{instance}/confirm_ready"), body);
            Assert.True(answer.IsSuccessStatusCode, $"{answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
        }
    }

    private static async Task Terminated(EdgeSystem system, string instance)
    {
        var operation = (await system.Lifecycle.TerminateAppInstanceAsync(new() { AppInstanceId = instance })).Operation;
        var ended = await system.EndOf(operation.OperationId);
        Assert.True(ended.State == Ended.Completed, $"{ended}\n{system.Logs}");
    }
}
