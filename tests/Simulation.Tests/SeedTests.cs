using System.Globalization;
using Xunit.Abstractions;

namespace Connect.Simulation.Tests;

/// <summary>The simulation in the test run: few seeds, and proof that its auditor would notice.</summary>
public sealed class SeedTests(ITestOutputHelper output)
{
    private const int Count = 1_000;

    [Fact]
    public void A_thousand_seeds_run_clean()
    {
        var played = Seeds.Play(from: 1, Count);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{played.Count} seeds, {played.Events} events, {played.Charges} charges"));
        Assert.True(played.Charges > Count, "They charge too little to prove anything.");
        Assert.True(
            played.Bad.Count == 0,
            string.Join('\n', played.Bad.Take(5).Select(bad => $"Replay with: dotnet run -c Release --project tests/Simulation -- --trace {bad.Seed}\n  {string.Join("\n  ", bad.Findings)}")));
    }

    [Fact]
    public void The_same_seed_plays_the_same_story()
    {
        for (ulong seed = 1; seed <= 20; seed++)
        {
            var (one, other) = (Story.Play(seed), Story.Play(seed, traced: true));
            Assert.Equal((one.Digest, one.Events, one.Charges), (other.Digest, other.Events, other.Charges));
            Assert.NotEqual(one.Digest, Story.Play(seed + 1_000).Digest);
        }
    }

    public static TheoryData<string> BrokenRules() => [.. Enum.GetNames<Sabotage>().Where(name => name != nameof(Sabotage.None))];

    [Theory]
    [MemberData(nameof(BrokenRules))]
    public void The_auditor_notices_a_shell_that_breaks_a_rule(string rule)
    {
        var bad = Seeds.Play(from: 1, 40, Enum.Parse<Sabotage>(rule)).Bad;
        Assert.NotEmpty(bad);
        output.WriteLine($"{rule}: seed {bad[0].Seed}: {bad[0].Findings[0]}");
    }
}
