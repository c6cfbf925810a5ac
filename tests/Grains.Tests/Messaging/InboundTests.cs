using Connect.Grains.Messaging.Engine;
using Connect.Grains.Tests.Campaigns;
using Connect.Messaging;

namespace Connect.Grains.Tests.Messaging;

[Collection(nameof(CampaignCluster))]
public sealed class InboundTests(CampaignCluster cluster)
{
    [Fact]
    public async Task Stop_to_an_account_s_own_number_opts_out_of_that_account_and_start_takes_it_back()
    {
        Assert.Equal(MessagingSettingsOutcome.Done, await Settings("in-1").SetSender("+61480000101", "staff"));
        Assert.Equal(InboundOutcome.OptedOut, await Receive("+61412000101", "61480000101", "Stop, please"));
        Assert.Equal([61_412_000_101ul], (await Outs("in-1").Which([61_412_000_101])).AsEnumerable());
        Assert.Empty(await Outs("in-2").Which([61_412_000_101]));
        var noted = await Outs("in-1").Find(61_412_000_101);
        Assert.Equal((OptOutSource.Reply, "STOP"), (noted!.Source, noted.Actor));

        Assert.Equal(InboundOutcome.OptedIn, await Receive("+61412000101", "+61480000101", "start"));
        Assert.Empty(await Outs("in-1").Which([61_412_000_101]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("+61480000199")]
    [InlineData("CONNECT")]
    public async Task Stop_to_a_shared_number_opts_out_of_everybody_s_messages(string to)
    {
        var number = 61_412_000_200 + (ulong)to.Length;
        Assert.Equal(InboundOutcome.OptedOut, await Receive($"+{number}", to, "STOP"));
        Assert.Equal([number], (await Outs("in-3").Which([number])).AsEnumerable());
        Assert.Equal(0, await Outs("in-3").Count());
        Assert.Equal(InboundOutcome.OptedIn, await Receive($"+{number}", to, "START"));
        Assert.Empty(await Outs("in-3").Which([number]));
    }

    [Theory]
    [InlineData("61412000301")]
    [InlineData("+61 412 000 301")]
    [InlineData("0412000301")]
    public async Task The_sender_is_understood_in_every_form_a_carrier_uses(string from)
    {
        await Outs(IOptOutsGrain.Everybody).Remove([61_412_000_301], "test");
        Assert.Equal(InboundOutcome.OptedOut, await Receive(from, "", "STOP"));
        Assert.Equal([61_412_000_301ul], (await Outs("in-4").Which([61_412_000_301])).AsEnumerable());
    }

    [Fact]
    public async Task A_sender_from_another_country_is_understood_without_a_plus_sign()
    {
        Assert.Equal(InboundOutcome.OptedOut, await Receive("64211000302", "", "STOP"));
        Assert.Equal([64_211_000_302ul], (await Outs("in-4").Which([64_211_000_302])).AsEnumerable());
    }

    [Fact]
    public async Task Anything_else_does_nothing()
    {
        Assert.Equal(InboundOutcome.NoKeyword, await Receive("+61412000401", "", "See you on Friday"));
        Assert.Equal(InboundOutcome.UnusableNumber, await Receive("CARRIER", "", "STOP"));
        Assert.Empty(await Outs("in-5").Which([61_412_000_401]));
    }

    [Fact]
    public async Task A_message_that_the_gateway_repeats_changes_nothing_more()
    {
        await Receive("+61412000501", "", "STOP");
        var first = await Outs(IOptOutsGrain.Everybody).Find(61_412_000_501);
        Assert.Equal(InboundOutcome.OptedOut, await Receive("+61412000501", "", "STOP"));
        Assert.Equal(first, await Outs(IOptOutsGrain.Everybody).Find(61_412_000_501));
    }

    [Theory]
    [InlineData("a", "b")]
    [InlineData(null, null)]
    public async Task A_stop_that_the_gateway_repeats_after_a_start_does_not_undo_it_but_another_stop_does(string? first, string? second)
    {
        var number = first is null ? 61_412_000_602ul : 61_412_000_601;
        var at = cluster.Time.GetUtcNow();
        await Receive($"+{number}", "", "STOP", at, first);
        await Receive($"+{number}", "", "START", at.AddSeconds(first is null ? 5 : 0), second);
        Assert.Equal(InboundOutcome.OptedOut, await Receive($"+{number}", "", "STOP", at, first));
        Assert.Empty(await Outs("in-6").Which([number]));
        await Receive($"+{number}", "", "STOP", at.AddSeconds(9), first is null ? null : "c");
        Assert.Equal([number], (await Outs("in-6").Which([number])).AsEnumerable());
        // The other way round too.
        await Receive($"+{number}", "", "START", at.AddSeconds(first is null ? 5 : 0), second);
        Assert.Equal([number], (await Outs("in-6").Which([number])).AsEnumerable());
    }

    [Fact]
    public async Task A_start_that_comes_late_does_not_undo_the_stop_that_followed_it_and_a_stop_counts_whatever_its_time()
    {
        var at = cluster.Time.GetUtcNow();
        await Receive("+61412000603", "", "STOP", at, "2");
        await Receive("+61412000603", "", "START", at.AddSeconds(-1), "1");
        Assert.Equal([61_412_000_603ul], (await Outs("in-7").Which([61_412_000_603])).AsEnumerable());
        await Receive("+61412000603", "", "START", at, "3");
        Assert.Empty(await Outs("in-7").Which([61_412_000_603]));
        await Receive("+61412000603", "", "STOP", at.AddDays(-1), "4");
        Assert.Equal([61_412_000_603ul], (await Outs("in-7").Which([61_412_000_603])).AsEnumerable());
    }

    [Fact]
    public void The_last_messages_are_remembered()
    {
        var log = Enumerable.Range(0, 20).Aggregate(new InboundLog(), (log, number) => log.With(Named(number), InboundWish.OptOut, DateTimeOffset.UnixEpoch.AddDays(1)));
        Assert.Equal(InboundLog.MaxKept, log.Done.Length);
        Assert.Equal((true, false), (log.IsNew(Named(3), InboundWish.OptOut), log.IsNew(Named(4), InboundWish.OptOut)));
        Assert.Equal(DateTimeOffset.UnixEpoch, log.OptedOutAt);
        Assert.Equal(DateTimeOffset.UnixEpoch.AddDays(-1), log.With(Named(1), InboundWish.OptOut, DateTimeOffset.UnixEpoch.AddDays(-1)).OptedOutAt);
        var stored = System.Text.Json.JsonSerializer.Serialize(new InboundLog { Done = ["x"], OptedOutAt = DateTimeOffset.UnixEpoch, Revision = 1, Writer = "w" });
        Assert.Equal("""{"Done":["x"],"OptedOutAt":"1970-01-01T00:00:00+00:00","Revision":1,"Writer":"w"}""", stored);

        static InboundSms Named(int number) => new() { From = "", To = "", Text = "STOP", At = DateTimeOffset.UnixEpoch, Id = $"m{number}" };
    }

    private Task<InboundOutcome> Receive(string from, string to, string text) => Receive(from, to, text, cluster.Time.GetUtcNow(), null);

    private Task<InboundOutcome> Receive(string from, string to, string text, DateTimeOffset at, string? id) =>
        cluster.Client.GetGrain<IInboundGrain>(0).Receive(new() { From = from, To = to, Text = text, At = at, Id = id });

    private IOptOutsGrain Outs(string key) => cluster.Client.GetGrain<IOptOutsGrain>(key);

    private IMessagingSettingsGrain Settings(string account) => cluster.Client.GetGrain<IMessagingSettingsGrain>(account);
}
