using Mano.Mepm.Instances;
using Mano.Mepm.Instances.Planning;
using Mano.Mepm.Platforms;
using Mano.VimAdapters.Contract;

namespace Mano.Mepm.Tests.Planning;

/// <summary>From whatever is seen, whatever goes wrong on the way: the promises hold and the plan runs empty.</summary>
public sealed class Planner_properties
{
    private const int Runs = 2000;

    [Fact]
    public void Whatever_happens_on_the_way_the_last_intent_is_reached()
    {
        for (var seed = 0; seed < Runs; seed++)
        {
            var random = new Random(seed);
            var site = new SiteModel(random);
            var story = new Story(random, site);
            for (var i = 0; i < 12; i++)
            {
                story.Happen();
            }

            story.Calm();
            Assert.True(story.Converges(rounds: 60), $"seed {seed}: not steady after 60 rounds: {story.Describe()}");
            story.CheckEnd(seed);
        }
    }

    [Fact]
    public void A_steady_instance_is_left_alone()
    {
        for (var seed = 0; seed < Runs; seed++)
        {
            var random = new Random(seed);
            var site = new SiteModel(random);
            var story = new Story(random, site);
            Assert.True(story.Converges(rounds: 60));
            for (var i = 0; i < 5; i++)
            {
                Assert.Empty(story.Plan().Actions);
            }
        }
    }

    [Fact]
    public void A_plan_is_the_same_for_the_same_input()
    {
        var site = new SiteModel(new Random(1));
        var intent = Story.Shall(generation: 1, DesiredPower.Started);

        var one = Planner.For(intent, site.Look());
        var two = Planner.For(intent, site.Look());

        Assert.Equal(one.Actions, two.Actions);
    }

    /// <summary>One instance's life: intents, losses, and a planner whose plans may lose their way half-way.</summary>
    private sealed class Story(Random random, SiteModel site)
    {
        private Intent intent = Shall(1, random.Next(2) == 0 ? DesiredPower.Started : DesiredPower.Stopped);

        public static Intent Shall(long generation, DesiredPower power, string variable = "1") => new()
        {
            AppInstanceId = "a",
            Generation = generation,
            Power = power,
            Spec = new ComputeSpec
            {
                Name = "app", Images = [ImageSource.FromName("nginx:1.25").Image], Resources = new(1, 2, 3), Labels = new("default", "a"),
                RestartPolicy = RestartPolicy.Always, Environment = new Dictionary<string, string> { ["V"] = variable },
            },
        };

        public Plan Plan() => Planner.For(intent with { Replacements = site.Replacements }, site.Look());

        public void Happen()
        {
            switch (random.Next(4))
            {
                case 0 when !site.Forgotten:
                    Reintend();
                    break;
                case 1:
                    site.Misfortune();
                    break;
                case 2:
                    site.Settle();
                    break;
                default:
                    Act(mayBreak: true);
                    break;
            }
        }

        public void Calm() => (site.VimHidden, site.PlatformHidden) = (false, false);

        public bool Converges(int rounds)
        {
            for (var i = 0; i < rounds && !site.Forgotten; i++)
            {
                Act(mayBreak: false);
                if (Plan().Actions.Count == 0 && !site.Settle() && Plan().IsDone)
                {
                    return true;
                }
            }

            return site.Forgotten;
        }

        public string Describe() =>
            $"{intent.Power} absent={intent.Absent} g{intent.Generation}, compute {site.Compute?.State} #{site.Compute?.OperationNumber}, platform {site.Application?.Phase}, plan {string.Join(", ", Plan().Actions)} {string.Join(", ", Plan().Waiting)} {Plan().Stalled}";

        public void CheckEnd(int seed)
        {
            if (site.Forgotten)
            {
                Assert.True(intent.Absent, $"seed {seed}");
                return;
            }

            var running = intent.Power == DesiredPower.Started;
            Assert.Equal(running, site.Compute is { State: ComputeState.Running });
            Assert.Equal(running, site.Application is { Phase: PlatformPhase.Active });
            Assert.False(!running && site.Application!.InService, $"seed {seed}: rules of a stopped instance are active");
            Assert.True(!running || ComputeSpecs.Same(site.Compute!.Spec, intent.Spec!), $"seed {seed}: an older specification runs");
        }

        private void Reintend()
        {
            var next = random.Next(5);
            var generation = intent.Generation + 1;
            intent = intent.Absent ? intent
                : next == 0 ? intent with { Generation = generation, Absent = true, Grace = TimeSpan.FromSeconds(random.Next(2) * 5) }
                : next == 1 ? Shall(generation, DesiredPower.Started, "2")
                : Shall(generation, next == 2 ? DesiredPower.Stopped : DesiredPower.Started) with { Grace = TimeSpan.FromSeconds(random.Next(2) * 5) };
            site.NewGeneration();
        }

        /// <summary>Carries a plan out; a broken one stops anywhere, which is what a lost reply or a crash comes to.</summary>
        private void Act(bool mayBreak)
        {
            foreach (var action in Plan().Actions)
            {
                if (mayBreak && random.Next(4) == 0)
                {
                    site.ForgetWhatWasTold();
                    return;
                }

                site.Do(action);
            }
        }
    }
}
