using System.Collections.Concurrent;
using System.Globalization;
using Connect.Accounts;
using Connect.Automations;
using Connect.Campaigns;
using Connect.Grains.Automations.Engine;
using Connect.Grains.Messaging;
using Connect.Grains.Tests.Campaigns;
using Connect.Messaging;
using Orleans.Runtime;
using Xunit.Abstractions;

namespace Connect.Grains.Tests.Automations;

/// <summary>
/// Several flows of one account at once, each message asked for by two callers, under everything that can go wrong: a gateway that refuses, loses answers and goes away, storage and ledger that fail before
/// or after they have written, activations that end in the middle, opt-outs, too few credits, reports in between. What is left is compared with what the gateway was given and the ledger holds.
/// </summary>
public sealed class WholeFlowsTests(CampaignCluster cluster, ITestOutputHelper output) : IClassFixture<CampaignCluster>
{
    private const int Flows = 4;
    private const int MessagesOfFlow = 60;

    private readonly ConcurrentBag<Task> _reports = [];
    private volatile bool _faulty;

    /// <summary>The seeds that are played: 1 and 2, or those of the variable WHOLE_FLOWS_SEEDS, such as 3-100.</summary>
    public static IEnumerable<object[]> Seeds
    {
        get
        {
            var ends = (Environment.GetEnvironmentVariable("WHOLE_FLOWS_SEEDS") ?? "1-2").Split('-').Select(end => int.Parse(end, CultureInfo.InvariantCulture)).ToArray();
            return Enumerable.Range(ends[0], ends[^1] - ends[0] + 1).Select(seed => new object[] { seed });
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Whatever_fails_nobody_is_sent_to_twice_no_credit_is_lost_and_every_end_is_counted_once(int seed)
    {
        var account = $"flows{seed}";
        var messages = Enumerable.Range(0, Flows).SelectMany(flow => Enumerable.Range(0, MessagesOfFlow).Select(number => new Message(seed, flow, number))).ToArray();
        var need = messages.Sum(message => message.Parts);
        var credits = need * new Random(seed).Next(50, 120) / 100;
        output.WriteLine($"Seed {seed}: {credits} credits of {need}");
        await cluster.OpenAccount(account, credits);
        await cluster.Client.GetGrain<IOptOutsGrain>(account).Add([.. messages.Where(message => message.IsOptedOut).Select(message => message.Number)], OptOutSource.Person, "ana");
        BreakThings(account, new Random(seed), messages.ToDictionary(message => $"{message.Flow}:{message.Operation}"));
        _faulty = true;
        await Task.WhenAll(messages.Select(message => Task.WhenAll(Ended(account, message), Ended(account, message))));
        await Task.WhenAll(_reports);
        _faulty = false;
        await Audit(account, messages, credits);
    }

    private void BreakThings(string account, Random chance, Dictionary<string, Message> messages)
    {
        bool Hits(double odds)
        {
            lock (chance)
                return _faulty && chance.NextDouble() < odds;
        }

        cluster.Gateway.Answer = async sms =>
        {
            if (Hits(0.03))
                return new(HandOverOutcome.Unavailable);
            var message = messages[sms.MessageId];
            if (message.Reported != DeliveryState.None)
                _reports.Add(Report(account, message));
            if (message.Number % 3 == 0)
                await Task.Yield();
            return message.Fate == HandOverOutcome.Unknown && message.Number % 2 == 0 ? throw new IOException("The answer is lost.") : new(message.Fate);
        };
        cluster.Storage.BeforeWrite = (_, _) => Throw(Hits(0.01));
        cluster.Storage.AfterWrite = (_, _) => Throw(Hits(0.01));
        cluster.Storage.EndsWith = (_, _) => Hits(0.015);
        cluster.Storage.DiesBefore = (_, _) => Hits(0.015);
        cluster.Ledger.BeforeAppend = _ => Throw(Hits(0.02));
        cluster.Ledger.AfterAppend = _ => Throw(Hits(0.02));

        static void Throw(bool hit)
        {
            if (hit)
                throw new IOException("A fault.");
        }
    }

    // What overtakes it or comes twice changes nothing.
    private async Task Report(string account, Message message)
    {
        await Task.WhenAll(Tell(message.Reported), Tell(DeliveryState.Passed));
        await Tell(message.Reported);

        Task Tell(DeliveryState state) => UntilItWorks(async () =>
        {
            await cluster.Reports.Report(
                [new() { AccountId = account, Kind = MessageKind.Automation, CampaignId = message.Flow, MessageId = $"{message.Flow}:{message.Operation}", State = state }]);
            return true;
        });
    }

    // As a caller does: again with the same operation id, until there is an answer that stands.
    private Task<AutomationResult> Ended(string account, Message message) => UntilItWorks(async () =>
    {
        var result = await cluster.Automation(account, message.Flow).Send(message.Operation, "{x}", message.Recipient);
        return result.Outcome == AutomationOutcome.GatewayUnavailable ? throw new IOException("The gateway is away.") : result;
    });

    private async Task Audit(string account, Message[] messages, int credits)
    {
        await Task.WhenAll(messages.Select(message => message.Flow).Distinct().Select(flow => ToRest(account, flow)));
        var given = cluster.Gateway.Messages.Where(sms => sms.AccountId == account).Select(sms => sms.MessageId).ToList();
        Assert.Equal(given.Distinct(), given);
        var ends = new List<(Message Message, AutomationResult Result)>();
        foreach (var message in messages)
            ends.Add((message, await Ended(account, message)));
        foreach (var (message, result) in ends)
        {
            var isGiven = given.Contains($"{message.Flow}:{message.Operation}");
            var expected = message.Fate switch
            {
                _ when message.IsOptedOut => !isGiven && result.Outcome == AutomationOutcome.OptedOut,
                _ when !isGiven => result.Outcome is AutomationOutcome.NotSentOutOfCredits or AutomationOutcome.Unknown,
                HandOverOutcome.Refused => result.Outcome is AutomationOutcome.Failed or AutomationOutcome.Unknown,
                _ when message.Reported != DeliveryState.None => result.Outcome == AutomationOutcome.Sent,
                HandOverOutcome.Accepted => result.Outcome is AutomationOutcome.Sent or AutomationOutcome.Unknown,
                _ => result.Outcome == AutomationOutcome.Unknown,
            };
            Assert.True(expected, $"{message} is {result}; at the gateway: {isGiven}");
            Assert.True(result.Repeated);
        }

        foreach (var flow in ends.GroupBy(end => end.Message.Flow))
        {
            var view = await cluster.Automation(account, flow.Key).Get();
            Assert.Equal(
                (Count(AutomationOutcome.Sent), Count(AutomationOutcome.Unknown), Count(AutomationOutcome.Failed), Count(AutomationOutcome.OptedOut), Count(AutomationOutcome.NotSentOutOfCredits)),
                (view.Sent, view.Unknown, view.Failed, view.OptedOut, view.NotSentOutOfCredits));
            Assert.Equal((flow.Sum(end => end.Result.Credits), Reported(DeliveryState.Delivered), Reported(DeliveryState.Undelivered)), (view.CreditsUsed, view.Delivered, view.Undelivered));
            Assert.Equal((view.Sent, view.CreditsUsed), (view.Days.Sum(day => day.Sent), view.Days.Sum(day => day.CreditsUsed)));

            long Count(AutomationOutcome outcome) => flow.Count(end => end.Result.Outcome == outcome);
            long Reported(DeliveryState state) => flow.Count(end => end.Result.Outcome == AutomationOutcome.Sent && end.Message.Reported == state);
        }

        var ledger = cluster.Ledger.Of(account);
        Assert.Equal(ends.Sum(end => end.Result.Credits), credits - ledger[^1].BalanceAfter);
        Assert.Equal(credits - ends.Sum(end => end.Result.Credits), (await cluster.Account(account).GetCredits()).Available);
        Assert.All(ledger, entry => Assert.InRange(entry.BalanceAfter, 0, credits));
        Assert.Empty((await cluster.Account(account).Check()).Findings);
    }

    // Until all messages and reports of the flow are counted, and the reminder that nobody needs any more is gone.
    private Task<bool> ToRest(string account, string flow)
    {
        var key = $"{account}/{flow}";
        return UntilItWorks(async () =>
        {
            await cluster.Automation(account, flow).AsReference<IRemindable>().ReceiveReminder("finish", default);
            return cluster.Storage.Stored<FlowState>("automation-flow", key) is { HasWork: false } && !cluster.Reminders.Keys.Contains(key)
                ? true
                : throw new InvalidOperationException($"{key} does not come to rest.");
        });
    }

    private static async Task<T> UntilItWorks<T>(Func<Task<T>> call)
    {
        for (var started = TimeProvider.System.GetTimestamp(); ;)
        {
            try
            {
                return await call();
            }
            catch (Exception) when (TimeProvider.System.GetElapsedTime(started) < CampaignCluster.Patience)
            {
                await Task.Delay(20);
            }
        }
    }

    /// <summary>What is to happen to one message.</summary>
    private sealed record Message(int Seed, int FlowNumber, int Place)
    {
        public string Flow => $"f{FlowNumber}";

        public string Operation => $"op{Place}";

        public int Parts => 1 + Hash(1) % 3;

        public RecipientInput Recipient => CampaignCluster.Person(FlowNumber * 1_000 + Place, ("x", new string('x', 160 * Parts)));

        public ulong Number => ulong.Parse(Recipient.To[1..], CultureInfo.InvariantCulture);

        public bool IsOptedOut => Hash(2) % 20 == 0;

        public HandOverOutcome Fate => (Hash(3) % 10) switch { 0 => HandOverOutcome.Refused, 1 => HandOverOutcome.Unknown, _ => HandOverOutcome.Accepted };

        // What was refused is not reported about.
        public DeliveryState Reported => Fate == HandOverOutcome.Refused ? DeliveryState.None : (Hash(4) % 4) switch { 0 => DeliveryState.Delivered, 1 => DeliveryState.Undelivered, _ => DeliveryState.None };

        private int Hash(int salt) => new Random(Seed * 31 + FlowNumber * 1_009 + Place * 7 + salt * 1_000_003).Next(1 << 20);
    }
}
