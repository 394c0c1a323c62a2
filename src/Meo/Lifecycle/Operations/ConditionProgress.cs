using Mano.Meo.Sites;

namespace Mano.Meo.Lifecycle.Operations;

/// <summary>An instance's conditions as the progress that a person sees.</summary>
internal static class ConditionProgress
{
    private static readonly string[] Order = ["Allocated", "Running", "Configured", "Ready", "RulesActive"];

    /// <summary>"Ready: waits for confirm_ready over Mp1": the first condition that does not hold yet.</summary>
    public static string Say(SiteInstance seen)
    {
        foreach (var condition in seen.Conditions.OrderBy(c => Array.IndexOf(Order, c.Type)))
        {
            if (condition.Status != ConditionStatus.True)
            {
                var why = condition.Message.Length > 0 ? condition.Message : condition.Reason;
                return why.Length > 0 ? $"{condition.Type}: {why}" : condition.Type;
            }
        }

        return "waits for the site";
    }

    /// <summary>Of the five conditions, how many hold.</summary>
    public static int Percent(SiteInstance seen) => seen.Conditions.Count(c => c.Status == ConditionStatus.True) * 100 / Order.Length;
}
