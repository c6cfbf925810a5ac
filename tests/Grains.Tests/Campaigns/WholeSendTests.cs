using System.Collections.Concurrent;
using System.Globalization;
using Connect.Accounts;
using Connect.Automations;
using Connect.Campaigns;
using Connect.Grains.Campaigns.Engine;
using Connect.Grains.Messaging;
using Connect.Messaging;
using Xunit.Abstractions;
using static Connect.Grains.Tests.Campaigns.CampaignCluster;

namespace Connect.Grains.Tests.Campaigns;

/// <summary>
/// Whole sends, several at once, under everything that can go wrong: a gateway that refuses, loses answers and goes away, storage and ledger that fail before or after they have written,
/// activations that end in the middle, opt-outs, cancels, too few credits, reports in between. What is left is compared with what the gateway was given and the texts cost.
/// </summary>
public sealed class WholeSendTests(CampaignCluster cluster, ITestOutputHelper output) : IClassFixture<CampaignCluster>
{
    private const int Campaigns = 8;

    private readonly ConcurrentDictionary<string, Plan> _plans = new();
    private volatile bool _faulty;

    /// <summary>The seeds that are played: 1 and 2, or those of the variable WHOLE_SEND_SEEDS, such as 3-100.</summary>
    public static IEnumerable<object[]> Seeds
    {
        get
        {
            var ends = (Environment.GetEnvironmentVariable("WHOLE_SEND_SEEDS") ?? "1-2").Split('-').Select(end => int.Parse(end, CultureInfo.InvariantCulture)).ToArray();
            return Enumerable.Range(ends[0], ends[^1] - ends[0] + 1).Select(seed => new object[] { seed });
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Whatever_fails_nobody_is_sent_to_twice_no_credit_is_lost_and_the_send_stops_where_it_must(int seed)
    {
        output.WriteLine($"Seed {seed}");
        BreakThings(new Random(seed));
        var plans = Enumerable.Range(0, Campaigns).Select(number => Plan.Of(seed * 1_000 + number)).ToList();
        await Task.WhenAll(plans.Select(Prepare));
        _faulty = true;
        await Task.WhenAll(plans.Select(Play));
        _faulty = false;
        foreach (var plan in plans)
        {
            output.WriteLine(plan.ToString());
            try
            {
                await Audit(plan);
            }
            catch (Exception)
            {
                Tell(plan);
                throw;
            }
        }
    }

    [Fact]
    public async Task Two_campaigns_and_ten_automations_of_one_account_share_its_credits_to_the_last_one()
    {
        const int credits = 1_500;
        cluster.Gateway.Answer = _ => HandOver.Accepted;
        await cluster.OpenAccount("a", credits);
        await cluster.Draft("a", People(1_100), id: "c1");
        await cluster.Draft("a", People(900), id: "c2");
        var flows = Enumerable.Range(0, 10).SelectMany(flow => Enumerable.Range(0, 20).Select(message => (Flow: $"f{flow}", Operation: $"op{message}"))).ToList();
        var sending = flows.Select(message => cluster.Automation("a", message.Flow).Send(message.Operation, "Hi", Person(7))).ToList();
        await Task.WhenAll(cluster.Campaign("a", "c1").Send("ana"), cluster.Campaign("a", "c2").Send("ben"));
        var results = await Task.WhenAll(sending);
        var (first, second) = (await cluster.Ended("a", "c1"), await cluster.Ended("a", "c2"));

        var automatic = results.Count(result => result.Outcome == AutomationOutcome.Sent);
        Assert.All(results, result => Assert.True(result.Outcome is AutomationOutcome.Sent or AutomationOutcome.NotSentOutOfCredits));
        Assert.Equal(credits, first.Sent + second.Sent + automatic);
        Assert.Equal(0, (await cluster.Account("a").GetCredits()).Available);
        var messages = cluster.Gateway.Messages.Where(message => message.AccountId == "a").Select(message => message.MessageId).ToList();
        Assert.Equal((credits, credits), (messages.Count, messages.Distinct().Count()));
        Assert.Contains(CampaignStatus.StoppedOutOfCredits, new[] { first.Status, second.Status });
        Assert.Equal(Enumerable.Range(0, (int)first.Sent), cluster.HandedOver("a", "c1"));
        Assert.Equal(Enumerable.Range(0, (int)second.Sent), cluster.HandedOver("a", "c2"));
        var ledger = cluster.Ledger.Of("a");
        Assert.All(ledger, entry => Assert.InRange(entry.BalanceAfter, 0, credits));
        Assert.Equal(-credits, ledger.Where(entry => entry.Kind == EntryKind.Debit).Sum(entry => entry.Credits));
    }

    private void BreakThings(Random chance)
    {
        bool Hits(double odds)
        {
            lock (chance)
                return _faulty && chance.NextDouble() < odds;
        }

        cluster.Gateway.Answer = async message =>
        {
            var plan = _plans[message.AccountId];
            var attempt = plan.Attempt();
            if (attempt == plan.CancelAt)
                _ = UntilItWorks(() => cluster.Campaign(plan.Account).Cancel("ana"));
            if (plan.IsAway(attempt))
                return new(HandOverOutcome.Unavailable);
            var row = int.Parse(message.MessageId[3..], CultureInfo.InvariantCulture);
            if (plan.IsReported(row))
                plan.Reports.Add(UntilItWorks(() => cluster.Report(plan.Account, DeliveryState.Delivered, [row])));
            if (row % 3 == 0)
                await Task.Yield();
            return plan.Fate(row) == HandOverOutcome.Unknown && row % 2 == 0 ? throw new IOException("The answer is lost.") : new(plan.Fate(row));
        };
        cluster.Storage.BeforeWrite = (_, _) => Throw(Hits(0.01));
        cluster.Storage.AfterWrite = (_, _) => Throw(Hits(0.01));
        cluster.Storage.EndsWith = (_, _) => Hits(0.02);
        cluster.Storage.DiesBefore = (_, _) => Hits(0.02);
        cluster.Ledger.BeforeAppend = _ => Throw(Hits(0.03));
        cluster.Ledger.AfterAppend = _ => Throw(Hits(0.03));

        static void Throw(bool hit)
        {
            if (hit)
                throw new IOException("A fault.");
        }
    }

    private async Task Prepare(Plan plan)
    {
        _plans[plan.Account] = plan;
        await cluster.OpenAccount(plan.Account, plan.Credits);
        await cluster.Draft(plan.Account, Enumerable.Range(0, plan.Rows).Select(row => Person(row, ("x", new string('x', 160 * plan.Parts(row))))), "{x}");
        await cluster.Client.GetGrain<IOptOutsGrain>(plan.Account).Add(
            [.. Enumerable.Range(0, plan.Rows).Where(plan.IsOptedOut).Select(row => ulong.Parse(Number(row)[1..], CultureInfo.InvariantCulture))], OptOutSource.Person, "ana");
    }

    private async Task Play(Plan plan)
    {
        await UntilItWorks(() => cluster.Campaign(plan.Account).Send("ana"));
        await UntilItWorks(async () =>
        {
            // What the reminder does every minute.
            await cluster.Campaign(plan.Account).AsReference<IRemindable>().ReceiveReminder("send", default);
            return (await cluster.Campaign(plan.Account).Get())!.EndedAt ?? throw new InvalidOperationException($"{plan.Account} has not ended.");
        });
        await Task.WhenAll(plan.Reports);
    }

    private async Task Audit(Plan plan)
    {
        await UntilItWorks(async () =>
        {
            await cluster.Campaign(plan.Account).AsReference<IRemindable>().ReceiveReminder("send", default);
            return true;
        });
        var view = await cluster.Ended(plan.Account);
        var rows = await cluster.Recipients(plan.Account);
        var handedOver = cluster.HandedOver(plan.Account);
        Assert.Equal(handedOver.Distinct(), handedOver);
        var given = handedOver.ToHashSet();
        foreach (var (row, status, delivery) in rows.Select((recipient, row) => (row, recipient.Status, recipient.Delivery)))
        {
            var reported = given.Contains(row) && plan.IsReported(row);
            var expected = plan.Fate(row) switch
            {
                _ when plan.IsOptedOut(row) && !given.Contains(row) => status is RecipientStatus.SkippedOptedOut || NotSent(status),
                _ when !given.Contains(row) => status == RecipientStatus.Unknown || NotSent(status),
                HandOverOutcome.Refused => status is RecipientStatus.Failed || (status == RecipientStatus.Unknown && !reported),
                HandOverOutcome.Accepted => status == RecipientStatus.Sent || (status == RecipientStatus.Unknown && !reported),
                _ => status == (reported ? RecipientStatus.Sent : RecipientStatus.Unknown),
            };
            Assert.True(expected, $"Row {row} of {plan} is {status}, {delivery}; at the gateway: {given.Contains(row)}, {plan.Fate(row)}");
            Assert.Equal(reported ? DeliveryState.Delivered : DeliveryState.None, delivery);
            Assert.False(given.Contains(row) && plan.IsOptedOut(row));
        }

        var stop = Array.FindIndex([.. rows], recipient => recipient.Status == RecipientStatus.NotSentOutOfCredits);
        Assert.Equal(view.Status == CampaignStatus.StoppedOutOfCredits, stop >= 0);
        if (stop >= 0)
        {
            Assert.All(rows[stop..], recipient => Assert.True(recipient.Status is RecipientStatus.NotSentOutOfCredits or RecipientStatus.SkippedOptedOut));
            var asked = Enumerable.Range(0, stop).Where(row => rows[row].Status != RecipientStatus.SkippedOptedOut).Sum(plan.Parts);
            Assert.True(plan.Credits - asked < plan.Parts(stop), $"{plan} stopped at {stop} though it could pay.");
        }
        else if (view.Status == CampaignStatus.Completed)
        {
            Assert.DoesNotContain(rows, recipient => NotSent(recipient.Status));
        }

        var used = rows.Select((recipient, row) => recipient.Status is RecipientStatus.Sent or RecipientStatus.Unknown ? plan.Parts(row) : 0).Sum();
        Assert.Equal((used, plan.Credits - used), (view.CreditsUsed, (await cluster.Account(plan.Account).GetCredits()).Available));
        Assert.Equal(rows.Count(recipient => recipient.Status == RecipientStatus.Sent), view.Sent);
        Assert.Equal(rows.Count(recipient => recipient.Status == RecipientStatus.Unknown), view.Unknown);
        Assert.Equal((rows.Count(recipient => recipient.Delivery == DeliveryState.Delivered), 0), (view.Delivered, view.Undelivered));
        if (plan.CancelAt is null)
            Assert.NotEqual(CampaignStatus.Canceled, view.Status);
    }

    private void Tell(Plan plan)
    {
        var campaign = cluster.Storage.Stored<CampaignState>("campaign", $"{plan.Account}/c1")!;
        output.WriteLine((campaign with { Draft = null }).ToString());
        for (var page = 0; page < campaign.Pages; page++)
        {
            if (cluster.Storage.Stored<PageProgress>("recipient-page-progress", $"{plan.Account}/c1/{page}") is not { } progress)
                continue;
            var marks = progress.Marks.GroupBy(Mark.Status).Select(some => $"{some.Key} {some.Count()}");
            output.WriteLine($"Page {page}: {progress with { Marks = [] }}, {string.Join(", ", marks)}");
        }
    }

    private static bool NotSent(RecipientStatus status) => status is RecipientStatus.NotSentOutOfCredits or RecipientStatus.NotSentCanceled;

    private static async Task<T> UntilItWorks<T>(Func<Task<T>> call)
    {
        for (var started = TimeProvider.System.GetTimestamp(); ;)
        {
            try
            {
                return await call();
            }
            catch (Exception) when (TimeProvider.System.GetElapsedTime(started) < Patience)
            {
                await Task.Delay(20);
            }
        }
    }

    private static Task<bool> UntilItWorks(Func<Task> call) => UntilItWorks(async () =>
    {
        await call();
        return true;
    });

    /// <summary>What is to happen to one campaign.</summary>
    private sealed record Plan(int Seed, string Account, int Rows, int Credits, int AwayFrom, int AwayFor, int? CancelAt)
    {
        private int _attempts;

        public ConcurrentBag<Task> Reports { get; } = [];

        public static Plan Of(int seed)
        {
            var chance = new Random(seed);
            var rows = chance.Next(200, 1_400);
            var plan = new Plan(seed, $"s{seed}", rows, 0, chance.Next(1, rows), chance.Next(0, 6), chance.Next(4) == 0 ? chance.Next(1, rows) : null);
            var need = Enumerable.Range(0, rows).Sum(plan.Parts);
            return plan with { Credits = need * chance.Next(30, 130) / 100 };
        }

        public int Attempt() => Interlocked.Increment(ref _attempts);

        public bool IsAway(int attempt) => attempt >= AwayFrom && attempt < AwayFrom + AwayFor;

        public int Parts(int row) => 1 + Hash(row, 1) % 3;

        public bool IsOptedOut(int row) => Hash(row, 2) % 40 == 0;

        public HandOverOutcome Fate(int row) => (Hash(row, 3) % 20) switch { 0 => HandOverOutcome.Refused, 1 => HandOverOutcome.Unknown, _ => HandOverOutcome.Accepted };

        // What was refused is not reported about.
        public bool IsReported(int row) => Fate(row) != HandOverOutcome.Refused && Hash(row, 4) % 4 == 0;

        public override string ToString() => $"seed {Seed}: {Rows} rows, {Credits} credits, away from attempt {AwayFrom} for {AwayFor}, cancelled at {CancelAt}";

        private int Hash(int row, int salt) => new Random(Seed * 31 + row * 7 + salt * 1_000_003).Next(1 << 20);
    }
}
