using Connect.Accounts;
using Connect.Automations;
using Connect.Campaigns;
using Connect.Grains.Automations.Engine;
using Connect.Grains.Messaging;
using Connect.Grains.Tests.Campaigns;

namespace Connect.Grains.Tests.Automations;

[Collection(nameof(CampaignCluster))]
public sealed class AutomationTests(CampaignCluster cluster)
{
    private static readonly RecipientInput Ana = CampaignCluster.Person(1, ("name", "Ana"));

    private async Task AssertFigures(string account, long sent, long credits, long notSent)
    {
        var view = await cluster.Automation(account).Get();
        Assert.Equal(new AutomationView { Flow = "birthday", Sent = sent, CreditsUsed = credits, NotSentOutOfCredits = notSent }, view);
    }

    [Fact]
    public async Task A_message_is_paid_and_sent_once_however_often_it_is_asked_for()
    {
        await cluster.OpenAccount("flow", 10);
        var flow = cluster.Automation("flow");
        var result = await flow.Send("op-1", "Happy birthday {name}", Ana);
        Assert.Equal(new AutomationResult { Outcome = AutomationOutcome.Sent, Credits = 1, Available = 9 }, result);
        var again = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => flow.Send("op-1", "Happy birthday {name}", Ana)));
        Assert.All(again, repeat => Assert.Equal(result, repeat));
        Assert.Equal(AutomationOutcome.OperationIdReused, (await flow.Send("op-1", "Another text", Ana)).Outcome);
        Assert.Equal(AutomationOutcome.OperationIdReused, (await flow.Send("op-1", "Happy birthday {name}", CampaignCluster.Person(2, ("name", "Ana")))).Outcome);
        var message = Assert.Single(cluster.Gateway.Messages, message => message.AccountId == "flow");
        Assert.Equal(("birthday", "birthday:op-1", "Happy birthday Ana", CampaignCluster.Number(1)), (message.CampaignId, message.MessageId, message.Text, message.To));
        await AssertFigures("flow", 1, 1, 0);
        Assert.Single(cluster.Ledger.Of("flow"), entry => entry.OperationId == "automation:birthday:op-1");
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
        Assert.Equal(new AutomationResult { Outcome = AutomationOutcome.Unknown, Credits = 1, Available = 9 }, await flow.Send("lost", "Hi", Ana));
        cluster.Gateway.Answer = _ => HandOver.Accepted;
        await AssertFigures("flow-refused", 1, 1, 0);
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
        await AssertFigures("flow-named", 1, 1, 0);
        Assert.Empty((await cluster.Account("flow-named").Check()).Findings);
    }

    [Fact]
    public async Task Many_at_once_are_all_counted_and_the_flow_stores_none_of_them()
    {
        await cluster.OpenAccount("flow-many", 150);
        FlowState? last = null;
        cluster.Storage.BeforeWrite = (state, value) => last = state == "automation-flow" && value is FlowState flow && flow.NextTicket > 200 ? flow : last;
        var results = await Task.WhenAll(Enumerable.Range(0, 200).Select(number => cluster.Automation("flow-many").Send($"op-{number}", "Hi", Ana)));
        Assert.Equal((150, 50), (results.Count(result => result.Outcome == AutomationOutcome.Sent), results.Count(result => result.Outcome == AutomationOutcome.NotSentOutOfCredits)));
        await AssertFigures("flow-many", 150, 150, 50);
        var started = TimeProvider.System.GetTimestamp();
        while (last is not { Sent: 150, UnderWay.Count: 0 } && TimeProvider.System.GetElapsedTime(started) < CampaignCluster.Patience)
            await Task.Delay(5);
        Assert.Equal((150, 50, 0), (last!.Sent, last.NotSentOutOfCredits, last.UnderWay.Count));
        cluster.Storage.BeforeWrite = null;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_crash_at_any_save_neither_sends_twice_nor_loses_the_credit(int save)
    {
        var account = $"flow-crash-{save}";
        await cluster.OpenAccount(account, 10);
        var saves = 0;
        cluster.Storage.EndsWith = (state, _) => state == "automation-message" && ++saves == save;
        await Assert.ThrowsAnyAsync<Exception>(() => cluster.Automation(account).Send("op", "Hi", Ana));
        cluster.Storage.EndsWith = null;
        var result = await cluster.Automation(account).Send("op", "Hi", Ana);
        Assert.Equal((save == 2 ? AutomationOutcome.Unknown : AutomationOutcome.Sent, 1), (result.Outcome, result.Credits));
        Assert.Equal(9, (await cluster.Account(account).GetCredits()).Available);
        // After the second save it may have been handed over, although here it was not: it is not sent again.
        Assert.Equal(save == 2 ? 0 : 1, cluster.Gateway.Messages.Count(message => message.AccountId == account));
        await cluster.Automation(account).AsReference<IRemindable>().ReceiveReminder("finish", default);
        await AssertFigures(account, 1, 1, 0);
    }

    [Fact]
    public void Debits_and_reversals_of_different_messages_never_share_an_operation_id()
    {
        (string Flow, string Operation)[] messages =
            [("a", "b:c"), ("a:b", "c"), ("a%3Ab", "c"), (new('a', 300), "b"), (new('a', 300), "c"), ("a", new('b', 300)), ("a", new('b', 301)), ("ä", "c"), ("a", "b/c"), ("a/b", "c"), ("a", "b:c:reversal")];
        var debits = messages.Select(message => MessageRules.DebitOperation(message.Flow, MessageRules.Operation(message.Operation))).ToArray();
        string[] ids = [.. debits, .. debits.Select(MessageRules.ReversalOperation)];
        Assert.Equal(ids.Length, ids.Distinct().Count());
        Assert.All(ids, id => Assert.InRange(id.Length, 1, AccountLimits.MaxOperationIdLength));
    }
}
