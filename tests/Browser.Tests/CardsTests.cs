using Microsoft.Playwright;

namespace Connect.Browser.Tests;

[Collection(Browsing.Name)]
public sealed class CardsTests(World world)
{
    [Fact]
    public async Task A_card_is_added_on_the_hosted_page_and_becomes_the_default()
    {
        await world.Reset(250, card: null);
        var page = await Open();
        await Assertions.Expect(page.Heading("No card yet")).ToBeVisibleAsync();
        await page.IsAccessible();
        await page.Button("Add a new card").ClickAsync();
        await page.TypeCard("4000000000000002");
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("declined");
        await page.TypeCard("5555555555554444");
        await Assertions.Expect(page.GetByText("Mastercard ending 4444 is saved and is the default now.")).ToBeVisibleAsync();
        await Assertions.Expect(Rows(page)).ToHaveCountAsync(1);
        await Assertions.Expect(Rows(page)).ToContainTextAsync("Expires 04/2039");
    }

    [Fact]
    public async Task A_card_that_could_not_be_read_yet_is_not_said_to_be_saved()
    {
        await world.Reset(250);
        await world.Stripe("/webhooks/mischief", new { drop = true });
        await world.Stripe("/faults", new { rules = new[] { new { method = "GET", pathContains = "/v1/checkout/sessions/", kind = "429", count = 100 } } });
        try
        {
            var page = await Open();
            await page.Button("Add a new card").ClickAsync();
            await page.TypeCard("5555555555554444");
            await Assertions.Expect(page.GetByText("No new card is saved yet.")).ToBeVisibleAsync();
            await Assertions.Expect(Rows(page)).ToHaveCountAsync(1);
            await world.StripeBehaves();
        }
        finally
        {
            await world.StripeBehaves();
        }
    }

    [Fact]
    public async Task The_default_is_chosen_and_a_card_removed_with_the_keyboard_alone()
    {
        await world.Reset(250);
        await world.SaveCard("5555555555554444");
        var page = await Open();
        await Assertions.Expect(Rows(page).First).ToContainTextAsync("Mastercard ending 4444 Default");
        await page.Shot("33-cards");
        await page.Button("Make default: Visa ending 4242").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.Says("said", "Visa ending 4242 is the default now.");
        await Assertions.Expect(Rows(page).First).ToContainTextAsync("Visa ending 4242 Default");

        await page.Button("Remove Visa ending 4242").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        var question = page.GetByRole(AriaRole.Group, new() { Name = "Remove Visa ending 4242?" });
        await Assertions.Expect(question).ToBeFocusedAsync();
        await Assertions.Expect(question).ToContainTextAsync("Mastercard ending 4444 becomes the default.");
        await page.IsAccessible();
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Enter");
        await page.Says("said", "Visa ending 4242 was removed.");
        await Assertions.Expect(Rows(page)).ToHaveCountAsync(1);
        await Assertions.Expect(Rows(page)).ToContainTextAsync("Mastercard ending 4444 Default");
    }

    [Fact]
    public async Task Removing_the_last_card_while_auto_top_up_is_on_says_what_follows()
    {
        await world.Reset(250);
        await world.SetAutoTopUp(enabled: true, threshold: 100, credits: 1_000);
        var page = await Open();
        await page.Button("Remove Visa ending 4242").ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Group, new() { Name = "Remove Visa ending 4242?" }))
            .ToContainTextAsync("without a card the next top-up can not be paid and auto top-up pauses");
        await page.Shot("34-card-removing");
        await page.Keyboard.PressAsync("Escape");
        await page.Says("said", "Visa ending 4242 stays.");
        await Assertions.Expect(Rows(page)).ToHaveCountAsync(1);
        await page.Button("Remove Visa ending 4242").ClickAsync();
        await page.Button("Remove card").ClickAsync();
        await Assertions.Expect(page.Heading("No card yet")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Cards_near_and_past_their_date_say_so_in_words()
    {
        await world.Reset(250);
        var now = await world.Now();
        // A card of this month is in its last 30 days but for the first day of a month of 31.
        if (now.AddDays(30).Month == now.Month)
            await world.Advance(TimeSpan.FromDays(1));
        await world.SaveCard("5555555555554444", now.Month, now.Year);
        var page = await Open();
        await Assertions.Expect(Rows(page).First).ToContainTextAsync($"Expires {now:MM}/{now.Year}");
        await Assertions.Expect(Rows(page).First).ToContainTextAsync("Expires soon");
        await world.Advance(TimeSpan.FromDays(31));
        await page.ReloadAsync();
        await Assertions.Expect(Rows(page).First).ToContainTextAsync($"Expired {now:MM}/{now.Year}");
        await page.IsAccessible();
        await page.Shot("35-card-expired");
        await page.GotoAsync("/credits/buy");
        await Assertions.Expect(page.GetByText($"Expired {now:MM}/{now.Year}")).ToBeVisibleAsync();
    }

    private static ILocator Rows(IPage page) => page.GetByRole(AriaRole.List, new() { Name = "Saved cards" }).Locator("> li");

    private async Task<IPage> Open()
    {
        var page = await world.SignedIn(path: "/cards");
        await page.Loaded("Cards");
        return page;
    }
}
