using Mano.Testing;
using Xunit.Abstractions;

namespace Mano.Packages.Tests.Corpus;

/// <summary>Every package of the corpus against what VERDICTS.tsv says is right and wrong with it.</summary>
public sealed class VerdictsTests(ITestOutputHelper output)
{
    [SharedFact]
    public void Every_verdict_is_ours_when_integrity_is_enforced() => Judge(IntegrityPolicy.Enforce, v => v.IsReadable && v.Digests is "all-ok" or "no-digests");

    [SharedFact]
    public void Every_verdict_is_ours_when_integrity_only_warns() => Judge(IntegrityPolicy.Warn, v => v.IsReadable && !v.Digests.Contains("missing", StringComparison.Ordinal));

    [SharedFact]
    public void Each_wrong_digest_is_told_at_its_source_in_the_manifest()
    {
        foreach (var verdict in Verdict.All())
        {
            foreach (var policy in Enum.GetValues<IntegrityPolicy>())
            {
                var reading = Read(verdict, policy);
                var mismatches = reading.Faults.Where(f => f.Rule == "digest-mismatch").ToList();
                var missing = reading.Errors.Where(f => f.Rule == "missing-file").ToList();
                Assert.Equal(verdict.Digests.Split(',').Count(d => d == "mismatch"), mismatches.Count);
                Assert.Equal(verdict.Digests.Split(',').Count(d => d == "missing"), missing.Count);
                Assert.All(mismatches.Concat(missing), f => Assert.StartsWith("Source: ", f.Path, StringComparison.Ordinal));
                Assert.All(mismatches, f => Assert.Equal(policy == IntegrityPolicy.Warn ? FaultSeverity.Warning : FaultSeverity.Error, f.Severity));
                Assert.Equal(verdict.Digests == "no-digests", reading.Faults.Any(f => f.Rule == "no-digests"));
                Assert.Equal(verdict.IsSigned, reading.Faults.Any(f => f.Rule == "signature-untrusted"));
            }
        }
    }

    [SharedFact]
    public void The_descriptor_is_found_where_the_verdict_says()
    {
        foreach (var verdict in Verdict.All().Where(v => v.IsReadable && !v.Digests.Contains("missing", StringComparison.Ordinal)))
        {
            Assert.Equal(verdict.AppDFile, Read(verdict, IntegrityPolicy.Warn).Content!.DescriptorPath);
        }
    }

    [SharedFact]
    public void Tabs_in_a_descriptor_are_told_line_by_line()
    {
        var verdict = Verdict.All().Single(v => !v.IsReadable);

        var unreadable = Read(verdict, IntegrityPolicy.Warn).Errors.ToList();

        Assert.All(unreadable, f => Assert.Equal(("unreadable", verdict.AppDFile), (f.Rule, f.File)));
        Assert.Equal([38, 151, 163, 172], unreadable.Select(f => f.Line));
    }

    [SharedFact]
    public void Rules_and_services_of_the_rule_bearing_package_arrive()
    {
        var verdict = Verdict.All().Single(v => v.Package.EndsWith("-apprules.csar", StringComparison.Ordinal));

        var app = Read(verdict, IntegrityPolicy.Warn).Content!.Descriptor;

        Assert.Equal("test_posiu", app.AppName);
        Assert.True(app.AppSupportMp1);
        var rule = Assert.Single(app.AppTrafficRule);
        Assert.Equal(("trafficRule1", AppD.TrafficAction.Passthrough, 1), (rule.TrafficRuleId, rule.Action, rule.Priority));
        Assert.Equal(["172.30.2.0/28"], Assert.Single(rule.TrafficFilter).DstAddress);
        Assert.Equal(AppD.TunnelType.GtpU, Assert.Single(rule.DstInterface).TunnelInfo!.TunnelType);
        Assert.Equal(("positioningservice.org", "172.30.2.17", 100), (app.AppDNSRule[0].DomainName, app.AppDNSRule[0].IpAddress, app.AppDNSRule[0].Ttl));
        Assert.Equal(["service-discovery"], app.AppServiceRequired.Select(s => s.SerName));
        Assert.Equal((4, 4096, 20), (app.Need().Vcpus, app.Need().MemoryMib, app.Need().DiskGib));
    }

    private void Judge(IntegrityPolicy policy, Func<Verdict, bool> isAccepted)
    {
        foreach (var verdict in Verdict.All())
        {
            var reading = Read(verdict, policy);
            output.WriteLine($"{verdict.Package}: {(reading.Content is null ? "refused" : "accepted")}");
            foreach (var fault in reading.Faults)
            {
                output.WriteLine($"  {fault.Severity} {fault.Rule} {fault}");
            }

            Assert.True(isAccepted(verdict) == reading.Content is not null, $"{verdict.Package} under {policy}: {string.Join('\n', reading.Errors)}");
        }
    }

    private static PackageReading Read(Verdict verdict, IntegrityPolicy policy)
    {
        using var package = File.OpenRead(SharedInput.File("corpus", "edgegallery", verdict.Package));
        return PackageReader.Read(package, new() { Integrity = policy });
    }

    private sealed record Verdict(string Package, string AppDFile, bool IsReadable, string Digests, bool IsSigned)
    {
        internal static List<Verdict> All() =>
        [
            .. File.ReadLines(SharedInput.File("corpus", "edgegallery", "VERDICTS.tsv")).Skip(1).Select(l => l.Split('\t'))
                .Select(c => new Verdict(c[0], c[2], c[3] == "ok", c[4], c[5] == "yes")),
        ];
    }
}
