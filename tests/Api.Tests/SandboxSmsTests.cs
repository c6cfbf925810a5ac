using Connect.Api.Tests.Support;
using Connect.Campaigns;
using Connect.Messaging;
using Microsoft.Extensions.DependencyInjection;

namespace Connect.Api.Tests;

/// <summary>The SMS sandbox as the program shows it: phones that reply, deliveries that are reported, and faults that are refused by name.</summary>
[Collection(SharedApi.Name)]
public sealed class SandboxSmsTests(ApiFixture fixture)
{
    private IGrainFactory Grains => fixture.Api.Services.GetRequiredService<IGrainFactory>();

    [Fact]
    public async Task A_phone_that_replies_STOP_to_the_shared_number_is_opted_out_of_everybody_until_it_says_START()
    {
        var outside = fixture.Api.Anonymous();
        var optOuts = Grains.GetGrain<IOptOutsGrain>(IOptOutsGrain.Everybody);
        Assert.Equal("opted_out", (await outside.Post("/sandbox/sms/inbound", new { from = "+61491570777", text = "stop." })).Ok().Text("outcome"));
        Assert.Single(await optOuts.Which([61491570777]));
        Assert.Equal("no_keyword", (await outside.Post("/sandbox/sms/inbound", new { from = "+61491570777", to = "+61480000000", text = "Thanks!" })).Ok().Text("outcome"));
        Assert.Equal("opted_in", (await outside.Post("/sandbox/sms/inbound", new { from = "+61491570777", text = "START" })).Ok().Text("outcome"));
        Assert.Empty(await optOuts.Which([61491570777]));
    }

    [Fact]
    public async Task A_reply_or_a_fault_that_is_none_is_refused_by_field()
    {
        var outside = fixture.Api.Anonymous();
        (await outside.Post("/sandbox/sms/inbound", new { text = "STOP" })).Problem(400, "validation", "from");
        (await outside.Post("/sandbox/sms/inbound", new { from = "+61491570777", to = new string('1', 41), text = "STOP" })).Problem(400, "validation", "to");
        (await outside.Post("/sandbox/sms/inbound", new { from = "+61491570777" })).Problem(400, "validation", "text");
        (await outside.Post("/sandbox/sms/faults", new { reportDelayMs = -1 })).Problem(400, "validation", "reportDelayMs");
        (await outside.Post("/sandbox/sms/faults", new { reportDelayMs = 86_400_001 })).Problem(400, "validation", "reportDelayMs");
    }

    [Fact]
    public async Task What_was_sent_is_reported_as_delivered_by_itself()
    {
        var admin = await fixture.Api.AccountWith(10, "sandbox-reports");
        var id = (await admin.Post("/v1/accounts/sandbox-reports/campaigns", new { name = "Reports", text = "Hi", recipients = new[] { new { to = "+61491570156" }, new { to = "+61491570157" } } }, key: "c")).Ok().Text("id");
        (await admin.Post($"/v1/accounts/sandbox-reports/campaigns/{id}/send", key: "s")).Ok();
        await Poll.Until(async () => (await Grains.GetGrain<ICampaignGrain>($"sandbox-reports/{id}").Get())!.Delivered == 2, "both are delivered");
    }
}
