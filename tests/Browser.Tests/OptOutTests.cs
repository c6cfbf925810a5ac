using Microsoft.Playwright;

namespace Connect.Browser.Tests;

[Collection(Browsing.Name)]
public sealed class OptOutTests(World world)
{
    [Fact]
    public async Task Numbers_are_added_left_out_of_a_campaign_found_and_removed()
    {
        await world.Reset(250);
        var page = await world.SignedIn(path: "/opt-outs");
        await page.Loaded("Opt-outs");
        await page.Button("Add").ClickAsync();
        await Assertions.Expect(page.Locator("#add-error")).ToHaveTextAsync("Enter at least one number.");
        await Assertions.Expect(page.Locator("#add")).ToBeFocusedAsync();
        await page.Locator("#add").FillAsync("0400 777 001\n+61400777002\nnot a number");
        await page.Button("Add").ClickAsync();
        await page.Mentions("opt-outs-added", "2 numbers are opted out now.");
        await page.Mentions("opt-outs-added", "not a number");
        await page.Mentions("opt-outs-count", "have opted out.");
        await page.IsAccessible();
        await page.Shot("40-opt-outs");

        await page.GotoAsync("/campaigns/new");
        await page.Loaded("New campaign");
        await page.Locator("#name").FillAsync("Opted out");
        await page.Locator("#text").FillAsync("Hello.");
        await page.Locator("#recipients").FillAsync("+61400777001\n+61400777003");
        await page.Says("recipients", "2");
        await page.Button("Send now").ClickAsync();
        await page.Says("sent", "1");
        await page.Mentions("skipped-by", "1 opted out");
        await page.Locator("#status").SelectOptionAsync("Left out");
        await page.Mentions("recipient-rows", "Left out: opted out");
        await page.ShowsCredits("249");
        await page.IsAccessible();
        await page.Shot("41-opted-out-campaign");

        await page.GotoAsync("/opt-outs");
        await page.Loaded("Opt-outs");
        foreach (var number in new[] { "0400777001", "0400777002" })
        {
            await page.Locator("#search").FillAsync(number);
            await page.Button("Find").ClickAsync();
            await page.Says("opt-outs-count", "This number is opted out.");
            await page.Button("Remove +61" + number[1..]).ClickAsync();
            await Assertions.Expect(page.GetByTestId("opt-outs-count")).Not.ToHaveTextAsync("This number is opted out.");
        }
        await page.Locator("#search").FillAsync("0400777001");
        await page.Button("Find").ClickAsync();
        await page.Says("opt-outs-count", "This number is not opted out.");
    }

    [Theory]
    [InlineData(1_000)]
    [InlineData(390)]
    public async Task A_button_stays_where_it_is_when_what_was_wrong_above_it_goes(int width)
    {
        var page = await world.SignedIn(path: "/opt-outs", width: width);
        await page.Loaded("Opt-outs");
        await page.Button("Add").ClickAsync();
        await Assertions.Expect(page.Locator("#add-error")).ToBeVisibleAsync();
        var before = await page.Button("Add").BoundingBoxAsync();
        var top = await Top();
        await page.Locator("#add").FillAsync("0400 777 001");
        await Assertions.Expect(page.Locator("#add-error")).ToHaveCountAsync(0);
        await Assertions.Expect(page.Locator("#add-hint")).ToBeVisibleAsync();
        var after = await page.Button("Add").BoundingBoxAsync();
        // The page scrolls when the field takes the focus; nothing between the two may have grown.
        Assert.Equal(before!.Y - top, after!.Y - await Top(), 1f);

        async Task<float> Top() => (await page.Locator("#search").BoundingBoxAsync())!.Y;
    }

    [Fact]
    public async Task The_country_is_set_and_who_is_there_for_billing_is_told_whom_to_ask()
    {
        var page = await world.SignedIn(path: "/settings");
        await page.Loaded("Settings");
        await page.GetByLabel("Country").SelectOptionAsync("New Zealand");
        await page.Button("Save").ClickAsync();
        await page.Says("saved", "Saved.");
        await page.IsAccessible();
        await page.Shot("42-settings");
        await page.ReloadAsync();
        await Assertions.Expect(page.GetByLabel("Country")).ToHaveValueAsync("NZ");
        await page.GetByLabel("Country").SelectOptionAsync("Australia");
        await page.Button("Save").ClickAsync();
        await page.Says("saved", "Saved.");

        page = await world.SignedIn("Bill Billing", "/opt-outs");
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Link, new() { Name = "Opt-outs" })).ToHaveCountAsync(0);
        await page.IsAccessible();
        await page.Shot("43-billing-refused");
    }
}
