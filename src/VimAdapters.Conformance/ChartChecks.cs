using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;
using static Mano.VimAdapters.Conformance.ConformanceCheck;
using static Mano.VimAdapters.Conformance.ConformanceWorld;

namespace Mano.VimAdapters.Conformance;

/// <summary>Charts are images like others, with values laid over their own.</summary>
internal static class ChartChecks
{
    public static IReadOnlyList<ConformanceCheck> All { get; } = GroupOf("charts",
    [
        Check("A chart runs, is given back with its values, and goes", Lives, Rules.ChartValues, Rules.ReallyGone).Needing(VimCapability.HelmCharts),
        Check("Other chart values under the same key are ALREADY_EXISTS", OtherValues, Rules.EnsureOther).Needing(VimCapability.HelmCharts),
        Check("Chart values that are no JSON object are INVALID_ARGUMENT", IllFormed, Rules.ChartValues, Rules.IllFormed).Needing(VimCapability.HelmCharts),
        Check("Chart values without a chart are INVALID_ARGUMENT", WithoutChart, Rules.ChartValues, Rules.IllFormed),
    ]);

    private static async Task Lives(ConformanceWorld w)
    {
        var before = await w.UsedAsync();
        var spec = await ChartAsync(w);
        await w.Vim.EnsureComputeAsync(w.A, w.Next(), spec, w.Patience);
        Equal(null, spec.DifferenceFrom((await w.ReachesAsync(w.A, ComputeState.Running)).Spec), "the field of the spec that differs");
        for (var i = 0; i < w.Subject.Repetitions; i++)
        {
            await w.Vim.EnsureComputeAsync(w.A, w.Next(), spec, w.Patience);
        }

        await w.Vim.DeleteComputeIfAnyAsync(w.A, w.Next(), w.Patience);
        True(await w.Vim.GetComputeAsync(w.A, w.Patience) is null, "it is still there", "NOT_FOUND");
        Equal(before, await w.UsedAsync(), "used capacity");
    }

    private static async Task OtherValues(ConformanceWorld w)
    {
        var spec = await ChartAsync(w);
        await w.Vim.EnsureComputeAsync(w.A, w.Next(), spec, w.Patience);
        await RefusedAsync(FailureKind.AlreadyExists, () => w.Vim.EnsureComputeAsync(w.A, w.Next(), spec with { ChartValues = "{\"kit\":2}" }, w.Patience), "other values");
    }

    private static async Task IllFormed(ConformanceWorld w)
    {
        var spec = await ChartAsync(w);
        foreach (var values in new[] { "kit: 1", "[]", "1", "{", "{\"kit\":\"" + new string('x', 70_000) + "\"}" })
        {
            await RefusedAsync(FailureKind.InvalidInput, () => w.Vim.EnsureComputeAsync(w.A, w.Next(), spec with { ChartValues = values }, w.Patience), $"values {values[..Math.Min(10, values.Length)]}");
        }
    }

    private static async Task WithoutChart(ConformanceWorld w)
    {
        await w.Vim.EnsureImageAsync(w.Subject.Image, w.Patience);
        await RefusedAsync(FailureKind.InvalidInput, () => w.Vim.EnsureComputeAsync(w.A, w.Next(), w.Spec() with { ChartValues = "{}" }, w.Patience), "values without a chart");
        True(await w.Vim.GetComputeAsync(w.A, w.Patience) is null, "the refused create left a compute");
    }

    private static async Task<ComputeSpec> ChartAsync(ConformanceWorld w)
    {
        var chart = w.Subject.Chart ?? throw new NotShownException("there is no chart to show it with: --chart FILE gives one");
        await w.Vim.EnsureImageAsync(chart, w.Patience);
        return w.Spec() with { Images = [chart.Image], ChartValues = "{\"kit\":1}" };
    }
}
