using Microsoft.Playwright;

namespace Connect.Browser.Tests;

[Collection(Browsing.Name)]
public sealed class AutoTopUpTests(World world)
{
    [Fact]
    public async Task Saved_settings_stay_and_wait_while_the_balance_is_above_the_threshold()
    {
        await world.Reset(250);
        var page = await Open();
        await page.Says("state", "Auto top-up is off.");
        await page.GetByLabel("SMS auto top-up").CheckAsync();
        await Fill(page, threshold: "200", credits: "1,000", cap: "500");
        await page.Mentions("cost", "Each top-up costs A$");
        await page.Button("Save").ClickAsync();
        await Assertions.Expect(page.GetByText("Saved", new() { Exact = true })).ToBeVisibleAsync();
        await page.Says("state", "The balance of 250 is not below the threshold of 200.");
        await page.IsAccessible();
        await page.Shot("08-auto-top-up");
        await page.ReloadAsync();
        await page.Loaded("Setup auto top-up");
        await Assertions.Expect(page.GetByLabel("SMS auto top-up")).ToBeCheckedAsync();
        await Assertions.Expect(page.GetByLabel("When SMS credit balance is below")).ToHaveValueAsync("200");
        await Assertions.Expect(page.GetByLabel("SMS No.")).ToHaveValueAsync("1,000");
        await Assertions.Expect(page.GetByLabel("Monthly cap")).ToHaveValueAsync("500.00");
    }

    [Fact]
    public async Task A_balance_below_the_threshold_buys_by_itself()
    {
        await world.Reset(250);
        var page = await Open();
        await page.GetByLabel("SMS auto top-up").CheckAsync();
        await Fill(page, threshold: "300", credits: "1,000", cap: "");
        await page.Button("Save").ClickAsync();
        await page.ShowsCredits("1,250");
        await page.Mentions("last-attempt", "1,000 credits added");
        await page.Says("state", "The balance of 1,250 is not below the threshold of 300.");
        Assert.Equal(1_250, await world.Available());
    }

    [Fact]
    public async Task A_declined_card_pauses_it_visibly()
    {
        await world.Reset(250, World.DeclinedCard);
        var page = await Open();
        await page.GetByLabel("SMS auto top-up").CheckAsync();
        await Fill(page, threshold: "300", credits: "1,000", cap: "");
        await page.Button("Save").ClickAsync();
        await page.Mentions("state", "Paused: The bank declined the card ending 0341.");
        await page.Mentions("last-attempt", "Failed, nothing was charged");
        await Assertions.Expect(page.Button("Update card").First).ToBeVisibleAsync();
        await page.PanelIsReady();
        await page.CreditsButton().ClickAsync();
        await Assertions.Expect(page.CreditsPanel()).ToContainTextAsync("Auto top-up Paused");
        await page.IsAccessible();
        await page.Shot("09-auto-top-up-paused");
        Assert.Equal(250, await world.Available());
    }

    [Fact]
    public async Task Settings_that_can_not_work_are_refused_at_their_field()
    {
        await world.Reset(250);
        var page = await Open();
        await page.GetByLabel("SMS auto top-up").CheckAsync();
        await Fill(page, threshold: "many", credits: "1,000", cap: "");
        await page.Button("Save").ClickAsync();
        await Refused(page, "threshold", "Enter a whole number, such as 1,000.");
        await Fill(page, threshold: "2000", credits: "1,000", cap: "");
        await page.Button("Save").ClickAsync();
        await Refused(page, "top-up-credits", "Buy at least 2,000 each time, so that one top-up lifts the balance to the number above.");
        await Fill(page, threshold: "200", credits: "50", cap: "");
        await Assertions.Expect(page.Locator("#top-up-credits-error")).ToHaveTextAsync("One purchase is 100 to 1,000,000 credits.");
        await Fill(page, threshold: "200", credits: "1,000", cap: "1");
        await page.Button("Save").ClickAsync();
        await Assertions.Expect(page.Locator("#cap-error")).ToContainTextAsync("with this cap none could ever be made");
        await Assertions.Expect(page.Locator("#cap")).ToBeFocusedAsync();
        Assert.Equal("off", (await world.Credits()).GetProperty("autoTopUp").GetProperty("state").GetString());
    }

    private static async Task Refused(IPage page, string field, string error)
    {
        await Assertions.Expect(page.Locator($"#{field}-error")).ToHaveTextAsync(error);
        await Assertions.Expect(page.Locator($"#{field}")).ToBeFocusedAsync();
    }

    private static async Task Fill(IPage page, string threshold, string credits, string cap)
    {
        await page.GetByLabel("When SMS credit balance is below").FillAsync(threshold);
        await page.GetByLabel("SMS No.").FillAsync(credits);
        await page.GetByLabel("Monthly cap").FillAsync(cap);
    }

    private async Task<IPage> Open()
    {
        var page = await world.SignedIn(path: "/credits/auto-top-up");
        await page.Loaded("Setup auto top-up");
        return page;
    }
}
