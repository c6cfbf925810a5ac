using Connect.Grains.Messaging;
using Connect.Grains.Tests.Campaigns;
using Connect.Messaging;

namespace Connect.Grains.Tests.Messaging;

[Collection(nameof(CampaignCluster))]
public sealed class MessagingSettingsTests(CampaignCluster cluster)
{
    [Fact]
    public async Task An_account_has_the_configured_country_until_it_chooses_one()
    {
        var settings = Settings("set-1");
        Assert.Equal(new() { Country = "AU" }, await settings.Get());
        Assert.Equal(MessagingSettingsOutcome.Done, await settings.SetCountry(" nz ", "ana"));
        Assert.Equal(new() { Country = "NZ" }, await settings.Get());
        foreach (var wrong in new[] { "XX", "", "New Zealand", null! })
            Assert.Equal(MessagingSettingsOutcome.InvalidCountry, await settings.SetCountry(wrong, "ana"));
        Assert.Equal(new() { Country = "NZ" }, await settings.Get());
    }

    [Fact]
    public async Task A_sender_number_is_one_account_s_until_it_lets_go()
    {
        Assert.Equal(MessagingSettingsOutcome.Done, await Settings("set-2").SetSender("+61 480 000 201", "staff"));
        Assert.Equal("+61480000201", (await Settings("set-2").Get()).Sender);
        Assert.Equal(MessagingSettingsOutcome.Done, await Settings("set-2").SetSender("+61480000201", "staff"));
        Assert.Equal(MessagingSettingsOutcome.SenderTaken, await Settings("set-3").SetSender("+61480000201", "staff"));
        Assert.Null((await Settings("set-3").Get()).Sender);

        Assert.Equal(MessagingSettingsOutcome.Done, await Settings("set-2").SetSender("+61480000202", "staff"));
        Assert.Equal(MessagingSettingsOutcome.Done, await Settings("set-3").SetSender("+61480000201", "staff"));
        Assert.Equal("set-3", await Number("61480000201").Owner());
        Assert.Equal(MessagingSettingsOutcome.Done, await Settings("set-3").SetSender(null, "staff"));
        Assert.Null((await Settings("set-3").Get()).Sender);
        Assert.Null(await Number("61480000201").Owner());
        Assert.Equal(MessagingSettingsOutcome.InvalidSender, await Settings("set-3").SetSender("", "staff"));
        Assert.Equal(MessagingSettingsOutcome.InvalidSender, await Settings("set-3").SetSender("BISTRO", "staff"));
    }

    [Fact]
    public async Task A_number_that_was_claimed_before_a_crash_is_free_again_once_the_operator_sets_another()
    {
        FailWrite("messaging-settings", state => state is MessagingSettingsState { Sender: "+61480000301" });
        await Assert.ThrowsAnyAsync<Exception>(() => Settings("set-4").SetSender("+61480000301", "staff"));
        cluster.Storage.EndsWith = null;
        Assert.Equal("set-4", await Number("61480000301").Owner());

        Assert.Equal(MessagingSettingsOutcome.Done, await Settings("set-4").SetSender("+61480000302", "staff"));
        Assert.Equal("+61480000302", (await Settings("set-4").Get()).Sender);
        Assert.Null(await Number("61480000301").Owner());
    }

    [Fact]
    public async Task A_number_that_was_given_up_before_a_crash_is_let_go_with_the_next_change()
    {
        Assert.Equal(MessagingSettingsOutcome.Done, await Settings("set-5").SetSender("+61480000401", "staff"));
        FailWrite("sender-number", state => state is SenderNumberState { AccountId: null });
        await Assert.ThrowsAnyAsync<Exception>(() => Settings("set-5").SetSender("+61480000402", "staff"));
        cluster.Storage.EndsWith = null;
        Assert.Equal("+61480000402", (await Settings("set-5").Get()).Sender);
        Assert.Equal(MessagingSettingsOutcome.Done, await Settings("set-5").SetSender("+61480000402", "staff"));
        Assert.Null(await Number("61480000401").Owner());
        Assert.Equal("set-5", await Number("61480000402").Owner());
    }

    // As if the process died with the write: the state that is stored is another activation's.
    private void FailWrite(string name, Func<object?, bool> when) => cluster.Storage.EndsWith = (state, value) => state == name && when(value);

    private IMessagingSettingsGrain Settings(string account) => cluster.Client.GetGrain<IMessagingSettingsGrain>(account);

    private ISenderNumberGrain Number(string key) => cluster.Client.GetGrain<ISenderNumberGrain>(key);
}
