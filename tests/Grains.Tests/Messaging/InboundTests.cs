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

    private Task<InboundOutcome> Receive(string from, string to, string text) =>
        cluster.Client.GetGrain<IInboundGrain>(0).Receive(new() { From = from, To = to, Text = text, At = cluster.Time.GetUtcNow() });

    private IOptOutsGrain Outs(string key) => cluster.Client.GetGrain<IOptOutsGrain>(key);

    private IMessagingSettingsGrain Settings(string account) => cluster.Client.GetGrain<IMessagingSettingsGrain>(account);
}
