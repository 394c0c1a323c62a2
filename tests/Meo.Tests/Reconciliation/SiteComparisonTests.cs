using System.Globalization;
using Mano.Meo.Lifecycle;
using Mano.Meo.Reconciliation;
using Mano.Meo.Sites;

namespace Mano.Meo.Tests.Reconciliation;

/// <summary>The table of differences, line by line.</summary>
public sealed class SiteComparisonTests
{
    /// <summary>Record (state, site, generation confirmed), what is at the site (generation, phase), and what is wrong.</summary>
    [Theory]
    [InlineData("", "", "")]
    [InlineData("", "3 Steady", "Orphan")]
    [InlineData("", "3 Failed", "Orphan")]
    [InlineData("", "3 Terminating", "")]
    [InlineData("NotInstantiated - 0", "3 Steady", "Orphan")]
    [InlineData("Started edge-b 1", "3 Steady", "Orphan")]
    [InlineData("Started edge-b 1", "", "")]
    [InlineData("NotInstantiated edge-a 0", "", "Residue")]
    [InlineData("NotInstantiated edge-a 0", "3 Steady", "Residue")]
    [InlineData("Started edge-a 3", "", "LostAtSite")]
    [InlineData("Stopped edge-a 3", "", "LostAtSite")]
    [InlineData("Started edge-a 3", "2 Steady", "Behind")]
    [InlineData("Started edge-a 3", "3 Steady", "")]
    [InlineData("Started edge-a 3", "4 Degraded", "")]
    public void Judge(string record, string observed, string wrong) => Assert.Equal(
        wrong, $"{SiteComparison.Judge("edge-a", Record(record), Observed(observed))}");

    [Fact]
    public void Suspects_are_those_that_one_side_has_alone_and_all_when_thorough_but_never_what_is_owed()
    {
        HashSet<string> intended = ["a", "b", "owed"], observed = ["b", "c", "owed", "owed too"], owed = ["owed", "owed too"];
        Assert.Equal(["a", "c"], SiteComparison.Suspects(intended, observed, owed, thorough: false));
        Assert.Equal(["a", "b", "c"], SiteComparison.Suspects(intended, observed, owed, thorough: true));
    }

    private static AppInstanceRecord? Record(string text)
    {
        if (text.Split(' ') is not [var state, var site, var generation])
        {
            return null;
        }

        return new()
        {
            Tenant = "default", AppInstanceId = "i", AppPkgId = "p", AppDId = "d", AppName = "n", AppProvider = "p", AppSoftVersion = "1", AppDVersion = "1",
            State = Enum.Parse<AppInstanceState>(state),
            Location = site == "-" ? null : new(site, site + "-1", "z"),
            LastReport = generation == "0" ? null : Observed(generation + " Steady"),
            Generation = 9,
            CreateTime = default,
            UpdateTime = default,
        };
    }

    private static SiteInstance? Observed(string text) => text.Split(' ') is not [var generation, var phase] ? null : new()
    {
        AppInstanceId = "i",
        Generation = long.Parse(generation, CultureInfo.InvariantCulture),
        ObservedGeneration = 1,
        HostId = "h",
        Phase = Enum.Parse<SitePhase>(phase),
    };
}
