using System.Collections.Immutable;
using Connect.Accounts;
using Connect.Automations;
using Connect.Campaigns;
using Connect.Grains.Automations;
using Connect.Grains.Automations.Engine;
using Connect.Grains.Messaging;
using Connect.Grains.Tests.Campaigns;
using Connect.Messaging;
using Orleans.Runtime;

namespace Connect.Grains.Tests.Automations;

[Collection(nameof(CampaignCluster))]
public sealed class AutomationTests(CampaignCluster cluster)
{
    private static readonly RecipientInput Ana = CampaignCluster.Person(1, ("name", "Ana"));

    private async Task AssertFigures(string account, long sent, long credits, long notSent, long failed = 0, long unknown = 0)
    {
        var expected = new AutomationView { Flow = "birthday", Sent = sent, CreditsUsed = credits, NotSentOutOfCredits = notSent, Failed = failed, Unknown = unknown };
        // A message that goes on beside the test, or whose end is being counted, comes in a moment.
        var since = TimeProvider.System.GetTimestamp();
        AutomationView view;
        while ((view = await cluster.Automation(account).Get() with { Days = expected.Days }) != expected && TimeProvider.System.GetElapsedTime(since) < CampaignCluster.Patience)
            await Task.Delay(5);
        Assert.Equal(expected, view);
    }

    [Fact]
    public async Task A_message_is_paid_and_sent_once_however_often_it_is_asked_for()
    {
        await cluster.OpenAccount("flow", 10);
        var flow = cluster.Automation("flow");
        var result = await flow.Send("op-1", "Happy birthday {name}", Ana);
        Assert.Equal(new AutomationResult { Outcome = AutomationOutcome.Sent, Credits = 1, Available = 9 }, result);
        var again = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => flow.Send("op-1", "Happy birthday {name}", Ana)));
        Assert.All(again, repeat => Assert.Equal(result with { Repeated = true }, repeat));
        Assert.Equal(AutomationOutcome.OperationIdReused, (await flow.Send("op-1", "Another text", Ana)).Outcome);
        Assert.Equal(AutomationOutcome.OperationIdReused, (await flow.Send("op-1", "Happy birthday {name}", CampaignCluster.Person(2, ("name", "Ana")))).Outcome);
        var message = Assert.Single(cluster.Gateway.Messages, message => message.AccountId == "flow");
        Assert.Equal(("birthday", "birthday:op-1", "Happy birthday Ana", CampaignCluster.Number(1)), (message.CampaignId, message.MessageId, message.Text, message.To));
        await AssertFigures("flow", 1, 1, 0);
        Assert.Single(cluster.Ledger.Of("flow"), entry => entry.OperationId == "automation:birthday:op-1");
    }

    [Theory]
    [InlineData("settings", typeof(IMessagingSettingsGrain))]
    [InlineData("list", typeof(IAutomationIndexGrain))]
    [InlineData("opt-outs", typeof(IOptOutsGrain))]
    public async Task A_call_that_is_rejected_on_the_spot_fails_one_message_and_not_the_flow(string what, Type called)
    {
        var account = $"flow-rejected-{what}";
        await cluster.OpenAccount(account, 10);
        var flow = cluster.Automation(account);
        cluster.RejectOnce[(account, called)] = true;
        await Assert.ThrowsAsync<SiloUnavailableException>(() => flow.Send("op-1", "Hi", Ana));
        Assert.Equal(AutomationOutcome.Sent, (await flow.Send("op-1", "Hi", Ana)).Outcome);
        await AssertFigures(account, 1, 1, 0);
    }

    [Fact]
    public async Task Messages_that_can_not_be_sent_cost_nothing()
    {
        await cluster.OpenAccount("flow-bad", 2);
        var flow = cluster.Automation("flow-bad");
        Assert.Equal(AutomationOutcome.InvalidNumber, (await flow.Send("1", "Hi", new() { To = "123" })).Outcome);
        Assert.Equal(AutomationOutcome.EmptyText, (await flow.Send("2", "{nickname}", Ana)).Outcome);
        Assert.Equal(AutomationOutcome.MessageTooLong, (await flow.Send("3", new string('a', 481), Ana)).Outcome);
        Assert.Equal(
            new AutomationResult { Outcome = AutomationOutcome.NotSentOutOfCredits, Required = 3, Available = 2 },
            await flow.Send("4", new string('a', 480), Ana));
        Assert.Equal(AutomationOutcome.NotSentOutOfCredits, (await flow.Send("4", new string('a', 480), Ana)).Outcome);
        Assert.Equal(AutomationOutcome.UnknownAccount, (await cluster.Automation("flow-nobody").Send("1", "Hi", Ana)).Outcome);
        Assert.Equal(2, (await cluster.Account("flow-bad").GetCredits()).Available);
        Assert.DoesNotContain(cluster.Gateway.Messages, message => message.AccountId == "flow-bad");
        await AssertFigures("flow-bad", 0, 0, 1);
    }

    [Fact]
    public async Task A_refused_message_is_given_back_and_an_open_one_is_not()
    {
        await cluster.OpenAccount("flow-refused", 10);
        var flow = cluster.Automation("flow-refused");
        cluster.Gateway.Answer = message => message.MessageId switch
        {
            "birthday:no" => Task.FromResult(new HandOver(HandOverOutcome.Refused, "no")),
            "birthday:lost" => Task.FromException<HandOver>(new IOException("lost")),
            _ => HandOver.Accepted,
        };
        Assert.Equal(new AutomationResult { Outcome = AutomationOutcome.Failed, Available = 10 }, await flow.Send("no", "Hi", Ana));
        Assert.Equal(new AutomationResult { Outcome = AutomationOutcome.Unknown, Credits = 1, Available = 9 }, await flow.Send("lost", "Hi", Ana));
        Assert.Equal(new AutomationResult { Outcome = AutomationOutcome.Unknown, Credits = 1, Available = 9, Repeated = true }, await flow.Send("lost", "Hi", Ana));
        Assert.Equal(new AutomationResult { Outcome = AutomationOutcome.Failed, Available = 10, Repeated = true }, await flow.Send("no", "Hi", Ana));
        cluster.Gateway.Answer = _ => HandOver.Accepted;
        await AssertFigures("flow-refused", 0, 1, 0, failed: 1, unknown: 1);
        Assert.Empty((await cluster.Account("flow-refused").Check()).Findings);
    }

    [Fact]
    public async Task A_message_whose_operation_is_named_like_anothers_reversal_disturbs_nobody()
    {
        await cluster.OpenAccount("flow-named", 10);
        var flow = cluster.Automation("flow-named");
        cluster.Gateway.Answer = message => Task.FromResult(new HandOver(message.MessageId == "birthday:no" ? HandOverOutcome.Refused : HandOverOutcome.Accepted));
        Assert.Equal(AutomationOutcome.Sent, (await flow.Send("no:reversal", "Hi", Ana)).Outcome);
        Assert.Equal(new AutomationResult { Outcome = AutomationOutcome.Failed, Available = 9 }, await flow.Send("no", "Hi", Ana));
        cluster.Gateway.Answer = _ => HandOver.Accepted;
        await AssertFigures("flow-named", 1, 1, 0, failed: 1);
        Assert.Empty((await cluster.Account("flow-named").Check()).Findings);
    }

    [Fact]
    public async Task Many_at_once_are_all_counted_and_the_flow_stores_none_of_them()
    {
        await cluster.OpenAccount("flow-many", 150);
        FlowState? last = null;
        cluster.Storage.Only = "flow-many/";
        cluster.Storage.BeforeWrite = (state, value) => last = state == "automation-flow" && value is FlowState flow && flow.NextTicket > 200 ? flow : last;
        var results = await Task.WhenAll(Enumerable.Range(0, 200).Select(number => cluster.Automation("flow-many").Send($"op-{number}", "Hi", Ana)));
        Assert.Equal((150, 50), (results.Count(result => result.Outcome == AutomationOutcome.Sent), results.Count(result => result.Outcome == AutomationOutcome.NotSentOutOfCredits)));
        await AssertFigures("flow-many", 150, 150, 50);
        var started = TimeProvider.System.GetTimestamp();
        while (last is not { Sent: 150, Messages.Count: 0 } && TimeProvider.System.GetElapsedTime(started) < CampaignCluster.Patience)
            await Task.Delay(5);
        Assert.Equal((150, 50, 0), (last!.Sent, last.NotSentOutOfCredits, last.Messages.Count));
        (cluster.Storage.BeforeWrite, cluster.Storage.Only) = (null, null);
    }

    [Fact]
    public async Task A_gateway_that_is_away_costs_nothing_and_the_same_operation_may_be_tried_again()
    {
        await cluster.OpenAccount("flow-away", 10);
        var flow = cluster.Automation("flow-away");
        var asked = 0;
        cluster.Gateway.Answer = _ =>
        {
            asked++;
            return Task.FromResult(new HandOver(HandOverOutcome.Unavailable));
        };
        Assert.Equal(new AutomationResult { Outcome = AutomationOutcome.GatewayUnavailable, Available = 10 }, await flow.Send("op", "Hi", Ana));
        Assert.Equal(5, asked);
        await AssertFigures("flow-away", 0, 0, 0);
        Assert.Equal(AutomationOutcome.OperationIdReused, (await flow.Send("op", "Another text", Ana)).Outcome);
        cluster.Gateway.Answer = _ => HandOver.Accepted;
        Assert.Equal(new AutomationResult { Outcome = AutomationOutcome.Sent, Credits = 1, Available = 9 }, await flow.Send("op", "Hi", Ana));
        Assert.Equal(new AutomationResult { Outcome = AutomationOutcome.Sent, Credits = 1, Available = 9, Repeated = true }, await flow.Send("op", "Hi", Ana));
        Assert.Equal(
            ["automation:birthday:op", "reversal:automation:birthday:op", "automation-1:birthday:op"],
            cluster.Ledger.Of("flow-away").Select(entry => entry.OperationId).Where(id => id.EndsWith(":op", StringComparison.Ordinal)));
        await AssertFigures("flow-away", 1, 1, 0);
    }

    [Fact]
    public async Task A_person_who_wants_no_messages_gets_none_and_it_is_free_and_final()
    {
        await cluster.OpenAccount("flow-stop", 10);
        var optOuts = cluster.Client.GetGrain<IOptOutsGrain>("flow-stop");
        await optOuts.Add([61400000001], OptOutSource.Person, "ana");
        var flow = cluster.Automation("flow-stop");
        Assert.Equal(new AutomationResult { Outcome = AutomationOutcome.OptedOut }, await flow.Send("op", "Hi", Ana));
        await optOuts.Remove([61400000001], "ana");
        Assert.Equal(new AutomationResult { Outcome = AutomationOutcome.OptedOut, Repeated = true }, await flow.Send("op", "Hi", Ana));
        Assert.Equal(AutomationOutcome.Sent, (await flow.Send("op-2", "Hi", Ana)).Outcome);
        Assert.Single(cluster.Gateway.Messages, message => message.AccountId == "flow-stop");
        var view = await flow.Get();
        Assert.Equal((1, 1, 1), (view.OptedOut, view.Sent, view.CreditsUsed));
    }

    [Fact]
    public async Task Numbers_are_read_as_the_accounts_country_writes_them_and_messages_come_from_its_sender()
    {
        await cluster.OpenAccount("flow-nz", 10);
        var settings = cluster.Client.GetGrain<IMessagingSettingsGrain>("flow-nz");
        Assert.Equal(MessagingSettingsOutcome.Done, await settings.SetCountry("NZ", "ana"));
        Assert.Equal(MessagingSettingsOutcome.Done, await settings.SetSender("+64211234567", "op"));
        var flow = cluster.Automation("flow-nz");
        var person = new RecipientInput { To = "021 123 456" };
        Assert.Equal(AutomationOutcome.Sent, (await flow.Send("1", "Hi", person)).Outcome);
        Assert.Equal(MessagingSettingsOutcome.Done, await settings.SetCountry("AU", "ana"));
        Assert.Equal(MessagingSettingsOutcome.Done, await settings.SetSender(null, "op"));
        cluster.Time.Skip(TimeSpan.FromMinutes(4));
        Assert.Equal(AutomationOutcome.Sent, (await flow.Send("2", "Hi", new() { To = "0412 345 678" })).Outcome);
        // The same as it was asked for, whatever it would mean now.
        Assert.Equal((AutomationOutcome.Sent, true), (await flow.Send("1", "Hi", person)) is var again ? (again.Outcome, again.Repeated) : default);
        Assert.Equal(
            [("+6421123456", "+64211234567", MessageKind.Automation), ("+61412345678", null, MessageKind.Automation)],
            cluster.Gateway.Messages.Where(message => message.AccountId == "flow-nz").Select(message => (message.To, message.From, message.Kind)));
    }

    [Fact]
    public async Task Delivery_reports_count_once_in_any_order_and_prove_an_unknown_message_sent()
    {
        await cluster.OpenAccount("flow-reports", 10);
        var flow = cluster.Automation("flow-reports");
        cluster.Gateway.Answer = message => message.MessageId == "birthday:lost" ? Task.FromException<HandOver>(new IOException("lost")) : HandOver.Accepted;
        foreach (var operation in new[] { "a:1", "b", "c", "lost", "d" })
            await flow.Send(operation, "Hi", Ana);
        cluster.Gateway.Answer = _ => HandOver.Accepted;
        await Report(("a:1", DeliveryState.Passed), ("b", DeliveryState.Undelivered), ("nobody", DeliveryState.Delivered));
        Assert.Equal((4, 1, 0, 1), await Figures());
        await Report(("a:1", DeliveryState.Delivered), ("a:1", DeliveryState.Undelivered), ("a:1", DeliveryState.Delivered), ("c", DeliveryState.Delivered), ("lost", DeliveryState.Passed));
        Assert.Equal((5, 0, 2, 1), await Figures());
        await Report(("b", DeliveryState.Delivered), ("c", DeliveryState.Undelivered), ("lost", DeliveryState.Undelivered), ("c", DeliveryState.Delivered));
        Assert.Equal((5, 0, 3, 1), await Figures());
        Assert.Equal((AutomationOutcome.Sent, 1), (await flow.Send("lost", "Hi", Ana)) is var proved ? (proved.Outcome, proved.Credits) : default);
        Assert.Equal((5, 5), (await flow.Get()).Days[^1] is var today ? (today.Sent, today.CreditsUsed) : default);

        async Task<(long Sent, long Unknown, long Delivered, long Undelivered)> Figures() =>
            await flow.Get() is var view ? (view.Sent, view.Unknown, view.Delivered, view.Undelivered) : default;

        Task Report(params (string Operation, DeliveryState State)[] reports) => cluster.Client.GetGrain<IDeliveryReportsGrain>(0).Report(
            [.. reports.Select(report => new DeliveryReport { AccountId = "flow-reports", Kind = MessageKind.Automation, CampaignId = "birthday", MessageId = $"birthday:{report.Operation}", State = report.State })]);
    }

    [Fact]
    public async Task A_report_that_comes_before_the_gateways_answer_is_kept_until_the_message_has_ended()
    {
        await cluster.OpenAccount("flow-early", 10);
        var flow = cluster.Automation("flow-early");
        var answer = new TaskCompletionSource<HandOver>();
        var asked = new TaskCompletionSource();
        cluster.Gateway.Answer = _ =>
        {
            asked.SetResult();
            return answer.Task;
        };
        var sending = flow.Send("op", "Hi", Ana);
        await asked.Task.WaitAsync(CampaignCluster.Patience);
        await cluster.Client.GetGrain<IAutomationMessageGrain>("flow-early/birthday/op").Report(
            new() { AccountId = "flow-early", Kind = MessageKind.Automation, CampaignId = "birthday", MessageId = "birthday:op", State = DeliveryState.Delivered });
        Assert.Equal(0, (await flow.Get()).Delivered);
        answer.SetResult(new(HandOverOutcome.Accepted));
        cluster.Gateway.Answer = _ => HandOver.Accepted;
        Assert.Equal(AutomationOutcome.Sent, (await sending).Outcome);
        var since = TimeProvider.System.GetTimestamp();
        while ((await flow.Get()).Delivered == 0 && TimeProvider.System.GetElapsedTime(since) < CampaignCluster.Patience)
            await Task.Delay(5);
        Assert.Equal((1, 1), await flow.Get() is var view ? (view.Sent, view.Delivered) : default);
    }

    [Fact]
    public async Task A_report_that_passed_the_message_before_it_ended_and_comes_to_the_flow_afterwards_is_counted()
    {
        await cluster.OpenAccount("flow-passed", 10);
        var flow = cluster.Automation("flow-passed");
        var (passed, ended) = (new TaskCompletionSource(), new TaskCompletionSource());
        cluster.Hold[("flow-passed/birthday", typeof(IAutomationReports))] = () =>
        {
            passed.SetResult();
            return ended.Task;
        };
        Task report = Task.CompletedTask;
        cluster.Gateway.Answer = async _ =>
        {
            report = cluster.Reports.Report(
                [new() { AccountId = "flow-passed", Kind = MessageKind.Automation, CampaignId = "birthday", MessageId = "birthday:op", State = DeliveryState.Delivered }]);
            await passed.Task;
            return new(HandOverOutcome.Accepted);
        };
        Assert.Equal(AutomationOutcome.Sent, (await flow.Send("op", "Hi", Ana)).Outcome);
        cluster.Gateway.Answer = _ => HandOver.Accepted;
        await AssertFigures("flow-passed", sent: 1, credits: 1, notSent: 0);
        ended.SetResult();
        await report.WaitAsync(CampaignCluster.Patience);
        cluster.Hold.Clear();
        Assert.Equal((1, 1), await flow.Get() is var view ? (view.Sent, view.Delivered) : default);
    }

    [Fact]
    public async Task A_message_that_comes_as_the_flow_is_going_to_rest_has_a_reminder()
    {
        await cluster.OpenAccount("flow-rests", 10);
        var flow = cluster.Automation("flow-rests");
        await flow.Send("1", "Hi", Ana);
        await AssertFigures("flow-rests", sent: 1, credits: 1, notSent: 0);
        await flow.AsReference<IRemindable>().ReceiveReminder("finish", default);
        var sent = 0;
        cluster.Reminders.BeforeRead = grain => grain == "flow-rests/birthday" && Interlocked.Increment(ref sent) == 1 ? flow.Send("2", "Hi", Ana) : Task.CompletedTask;
        await flow.AsReference<IRemindable>().ReceiveReminder("finish", default);
        cluster.Reminders.BeforeRead = null;
        Assert.Equal(1, sent);
        Assert.Contains("flow-rests/birthday", cluster.Reminders.Keys);
    }

    [Theory]
    [InlineData("automation-flow", 1)]
    [InlineData("automation-flow", 2)]
    [InlineData("automation-message", 1)]
    public async Task A_report_counts_once_through_a_crash_at_any_of_its_writes(string state, int write)
    {
        var account = $"flow-report-{state}-{write}";
        await cluster.OpenAccount(account, 10);
        var flow = cluster.Automation(account);
        cluster.Gateway.Answer = _ => Task.FromException<HandOver>(new IOException("lost"));
        Assert.Equal(AutomationOutcome.Unknown, (await flow.Send("op", "Hi", Ana)).Outcome);
        cluster.Gateway.Answer = _ => HandOver.Accepted;
        // The write that counts the message is over when another change is.
        await cluster.Client.GetGrain<IAutomationReports>($"{account}/birthday").Report("op", DeliveryState.None, ended: true);
        var view = await flow.Get();
        Assert.Equal((1, 0), (view.Sent, view.Unknown));
        var writes = 0;
        cluster.Storage.Only = account + "/";
        cluster.Storage.EndsWith = (written, _) => written == state && Interlocked.Increment(ref writes) == write;
        for (var tries = 0; (await flow.Get()).Delivered == 0; tries++)
        {
            Assert.True(tries < 1_000, "It was never counted.");
            try
            {
                await cluster.Client.GetGrain<IAutomationMessageGrain>($"{account}/birthday/op").Report(
                    new() { AccountId = account, Kind = MessageKind.Automation, CampaignId = "birthday", MessageId = "birthday:op", State = DeliveryState.Delivered });
            }
            catch (IOException)
            {
                // The gateway repeats it.
            }
            catch (Exception failure) when (failure is Orleans.Storage.InconsistentStateException or OrleansException)
            {
                await flow.AsReference<IRemindable>().ReceiveReminder("finish", default);
            }
        }

        (cluster.Storage.EndsWith, cluster.Storage.Only) = (null, null);
        Assert.Equal((1, 0, 1), await flow.Get() is var counted ? (counted.Sent, counted.Unknown, counted.Delivered) : default);
    }

    [Fact]
    public async Task Days_are_by_utc_and_thirty_of_them_are_kept()
    {
        await cluster.OpenAccount("flow-days", 1);
        var flow = cluster.Automation("flow-days");
        var first = DateOnly.FromDateTime(cluster.Time.GetUtcNow().UtcDateTime);
        await flow.Send("1", "Hi", Ana);
        await flow.Send("2", "Hi", Ana);
        // A test that runs at midnight sees two days.
        var last = DateOnly.FromDateTime(cluster.Time.GetUtcNow().UtcDateTime);
        var days = (await flow.Get()).Days;
        Assert.Equal(30, days.Length);
        Assert.Equal(Enumerable.Range(-29, 30).Select(last.AddDays), days.Select(day => day.Day));
        Assert.Equal((1, 1, 1), Sum(days.Where(day => day.Day >= first)));
        cluster.Time.Skip(TimeSpan.FromDays(29));
        Assert.Equal((1, 1, 1), Sum((await flow.Get()).Days.Where(day => day.Day <= last)));
        cluster.Time.Skip(TimeSpan.FromDays(2));
        Assert.Equal((0, 0, 0), Sum((await flow.Get()).Days));
        Assert.Equal((1, 1), await flow.Get() is var view ? (view.Sent, view.NotSentOutOfCredits) : default);

        static (long, long, long) Sum(IEnumerable<AutomationDay> some) => (some.Sum(day => day.Sent), some.Sum(day => day.CreditsUsed), some.Sum(day => day.NotSentOutOfCredits));
    }

    [Fact]
    public async Task Flows_are_listed_by_name_from_their_first_message_on()
    {
        await cluster.OpenAccount("flow-list", 10);
        await cluster.Automation("flow-list", "looked-at").Get();
        foreach (var name in new[] { "welcome", "birthday", "Birthday" })
            await cluster.Automation("flow-list", name).Send("op", "Hi", Ana);
        var index = cluster.Client.GetGrain<IAutomationIndexGrain>("flow-list");
        Assert.Equal(["Birthday", "birthday"], (await index.List("", 2)).AsEnumerable());
        Assert.Equal(["welcome"], (await index.List("birthday", 2)).AsEnumerable());
    }

    [Fact]
    public async Task One_flow_too_many_sends_nothing()
    {
        await cluster.OpenAccount("flow-full", 10);
        var names = string.Join("\",\"", Enumerable.Range(0, IAutomationIndexGrain.MaxFlows).Select(number => $"flow-{number:D4}"));
        cluster.Storage.Put("automation-index", cluster.Client.GetGrain<IAutomationIndexGrain>("flow-full").GetGrainId(), $$"""{"Flows":["{{names}}"],"Revision":1,"Writer":"old"}""");
        Assert.Equal(AutomationOutcome.TooManyFlows, (await cluster.Automation("flow-full").Send("op", "Hi", Ana)).Outcome);
        Assert.Equal(AutomationOutcome.Sent, (await cluster.Automation("flow-full", "flow-0500").Send("op", "Hi", Ana)).Outcome);
        Assert.Single(cluster.Gateway.Messages, message => message.AccountId == "flow-full");
    }

    [Fact]
    public async Task What_an_earlier_version_left_under_way_is_finished_and_counted()
    {
        await cluster.OpenAccount("flow-old", 10);
        cluster.Storage.Put("automation-flow", cluster.Automation("flow-old").GetGrainId(), StoredFormTests.FlowV1);
        foreach (var (operation, stored) in new[] { ("debiting", StoredFormTests.DebitingV1), ("handing", StoredFormTests.HandingOverV1), ("done", StoredFormTests.SettledV1) })
            cluster.Storage.Put("automation-message", cluster.Client.GetGrain<IAutomationMessageGrain>($"flow-old/birthday/{operation}").GetGrainId(), stored);
        var flow = cluster.Automation("flow-old");
        Assert.Equal((AutomationOutcome.Sent, 2, true), await flow.Send("done", "Hi Ana", CampaignCluster.Person(1)) is var done ? (done.Outcome, done.Credits, done.Repeated) : default);
        Assert.Equal(AutomationOutcome.OperationIdReused, (await flow.Send("done", "Hi Bob", CampaignCluster.Person(1))).Outcome);
        await flow.AsReference<IRemindable>().ReceiveReminder("finish", default);
        // 17 and 1 of the one that was done; the one being debited is sent, the one being handed over is unknown.
        await AssertFigures("flow-old", 19, 24, 3, unknown: 1);
        Assert.Equal(["birthday:debiting"], cluster.Gateway.Messages.Where(message => message.AccountId == "flow-old").Select(message => message.MessageId));
        Assert.Equal(AutomationOutcome.Unknown, (await flow.Send("handing", "Hi Ana", Ana)).Outcome);
    }

    [Theory]
    [InlineData(MessagePhase.Settled)]
    [InlineData(MessagePhase.Debiting)]
    public void What_an_earlier_version_left_under_way_is_taken_over_once(MessagePhase phase)
    {
        var stored = new MessageState { Phase = phase, Ticket = 4, Parts = 2 };
        var left = new FlowState { NextTicket = 5, UnderWay = ImmutableDictionary<long, string>.Empty.Add(4, "op") };
        var taken = left.TakeOver(4, "op", stored);
        Assert.Equal((phase == MessagePhase.Settled ? 1 : 0, phase == MessagePhase.Settled ? 0 : 1), (taken.Sent, taken.Messages.Count));
        // Who looked at it at the same time comes behind its end, too.
        var ended = taken.End("op", stored with { Phase = MessagePhase.Settled });
        Assert.Equal((1, 2), (ended.Sent, ended.CreditsUsed));
        Assert.Same(ended, ended.TakeOver(4, "op", stored));
    }

    [Fact]
    public void Debits_and_reversals_of_different_messages_never_share_an_operation_id()
    {
        (string Flow, string Operation)[] messages =
            [("a", "b:c"), ("a:b", "c"), ("a%3Ab", "c"), (new('a', 300), "b"), (new('a', 300), "c"), ("a", new('b', 300)), ("a", new('b', 301)), ("ä", "c"), ("a", "b/c"), ("a/b", "c"), ("a", "b:c:reversal"), ("1", "a:b:c")];
        var debits = messages.SelectMany(message => Enumerable.Range(0, 3).Select(attempt => MessageRules.DebitOperation(message.Flow, MessageRules.Operation(message.Operation), attempt))).ToArray();
        string[] ids = [.. debits, .. debits.Select(MessageRules.ReversalOperation)];
        Assert.Equal(ids.Length, ids.Distinct().Count());
        Assert.All(ids, id => Assert.InRange(id.Length, 1, AccountLimits.MaxOperationIdLength));
    }
}
