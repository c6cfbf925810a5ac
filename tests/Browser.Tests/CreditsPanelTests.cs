using Microsoft.Playwright;

namespace Connect.Browser.Tests;

[Collection(Browsing.Name)]
public sealed class CreditsPanelTests(World world)
{
    [Fact]
    public async Task The_mouse_opens_it_and_leaving_closes_it()
    {
        var page = await Ready(250);
        await page.CreditsButton().HoverAsync();
        await Assertions.Expect(page.CreditsPanel()).ToBeVisibleAsync();
        await Assertions.Expect(page.CreditsButton()).ToHaveAttributeAsync("aria-expanded", "true");
        await page.Mouse.MoveAsync(10, 700);
        await Assertions.Expect(page.CreditsPanel()).ToBeHiddenAsync();
        await Assertions.Expect(page.CreditsButton()).ToHaveAttributeAsync("aria-expanded", "false");
    }

    [Fact]
    public async Task A_click_keeps_it_open_until_a_click_elsewhere()
    {
        var page = await Ready(250);
        await page.CreditsButton().ClickAsync();
        await page.Mouse.MoveAsync(10, 700);
        await Assertions.Expect(page.CreditsPanel()).ToBeVisibleAsync();
        await page.Mouse.ClickAsync(10, 700);
        await Assertions.Expect(page.CreditsPanel()).ToBeHiddenAsync();
    }

    [Fact]
    public async Task The_keyboard_alone_opens_it_walks_its_links_and_closes_it()
    {
        var page = await Ready(250);
        await page.GetByTestId("bell").FocusAsync();
        await page.Keyboard.PressAsync("Tab");
        await Assertions.Expect(page.CreditsButton()).ToBeFocusedAsync();
        await Assertions.Expect(page.CreditsPanel()).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(page.CreditsPanel()).ToBeHiddenAsync();
        await Assertions.Expect(page.CreditsButton()).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.CreditsPanel()).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Tab");
        await Assertions.Expect(page.GetByRole(AriaRole.Link, new() { Name = "Buy credit" })).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Tab");
        await Assertions.Expect(page.GetByRole(AriaRole.Link, new() { Name = "Setup auto top-up" })).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(page.CreditsButton()).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Enter");
        await page.Loaded("Buy credit");
        await Assertions.Expect(page.CreditsPanel()).ToBeHiddenAsync();
    }

    [Fact]
    public async Task It_shows_each_batch_what_expires_next_and_auto_top_up()
    {
        await world.Reset(250);
        await world.Grant(1_000);
        var page = await world.SignedIn();
        await page.ShowsCredits("1,250");
        await page.PanelIsReady();
        await page.CreditsButton().ClickAsync();
        var panel = page.CreditsPanel();
        await Assertions.Expect(panel).ToContainTextAsync("1,250 credits available");
        await Assertions.Expect(panel).ToContainTextAsync("Next to expire: 250 credits on ");
        await Assertions.Expect(panel.Locator("tbody tr")).ToHaveCountAsync(2);
        await Assertions.Expect(panel.Locator("tbody tr").First).ToContainTextAsync("Added by Connect");
        await Assertions.Expect(panel.Locator("tbody tr").First).ToContainTextAsync("250 of 250");
        await Assertions.Expect(panel.Locator(".credits-top-up")).ToContainTextAsync("Auto top-up Off");
        await page.IsAccessible();
        await page.Shot("02-credits-panel");
    }

    [Fact]
    public async Task The_number_changes_by_itself_and_zero_says_what_to_do()
    {
        var page = await Ready(250);
        await page.ShowsCredits("250");
        await world.Grant(100);
        await page.ShowsCredits("350");
        await world.Reset(0);
        await page.ShowsCredits("0");
        await page.CreditsButton().ClickAsync();
        await Assertions.Expect(page.CreditsPanel()).ToContainTextAsync("No credits yet. Buy some to send your first campaign.");
    }

    private async Task<IPage> Ready(long credits)
    {
        await world.Reset(credits);
        var page = await world.SignedIn();
        await page.Loaded("Campaigns");
        await page.PanelIsReady();
        return page;
    }
}
