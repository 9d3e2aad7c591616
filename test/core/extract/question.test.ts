import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { extractorFor } from '../../../src/core/extract/index.js';
import type { Message } from '../../../src/core/message.js';

const user = (content: string): Message => ({ role: 'user', content });

describe('the form of the question tells', () => {
  it.each<[string, string | null]>([
    ['Is 2027 a prime number?', 'yes_no'],
    ['How do I sort a list in Python?', null],
    ['Explain why the sky is blue.', null],
    ['Write a haiku about 3 cats.', null],
    ['Is there a way to undo a git commit?', null],
    ['What is 6 x 7?', 'number'],
    ['17*23', 'number'],
    ["What's 15% of 80?", 'number'],
    ['What is 2 + 2?', 'number'],
    ['What is the capital of France? Answer with one word.', 'short'],
    ['What is the capital of France?', null],
    ['Who wrote Hamlet? Name only.', 'short'],
    ['Return the user as JSON with keys name and age: Bob, 5', 'json'],
    ['How do I parse JSON in Python?', null],
    ['Write a function that returns JSON.', null],
    ['Extract the names from this text. Respond in JSON: {"names": []}', 'json'],
    ['Explain this JSON: {"a": 1}', null],
    ['Which planet is largest?\nA) Mars\nB) Jupiter\nC) Venus\nD) Earth', 'choice'],
    ['Which is a fruit? (A) car (B) apple (C) dog', 'choice'],
    ['Which gas do plants absorb?\n\nA. Oxygen\nB. Carbon dioxide\nC. Nitrogen\nD. Helium\n\nExplain your reasoning.', 'choice'],
    ['Select all that apply:\nA) x\nB) y', null],
    ['What is the difference between TCP and UDP?', null],
    ['What is the difference between 15 and 8?', 'number'],
    ['Should I use Rust or Go?', null],
    ['Can you write a poem?', null],
    ['Are there infinitely many primes?', 'yes_no'],
    ['Does water boil at 100 C at sea level?', 'yes_no'],
    ['Is the earth flat? Why?', null],
    ['Do cats like milk or water?', null],
    ['How many planets are there?', 'number'],
    ['How many planets are there? Explain why Pluto is not one.', null],
    ['A train travels 60 miles in 2 hours. How fast is it going? Show your work.', 'number'],
    ['Fix the bug in this function.', null],
    ['Calculate the area of a circle with radius 5.', 'number'],
    ['How to calculate the mean of 3 numbers?', null],
    ['Solve for x: 2x + 5 = 15', 'number'],
    ['Solve the equation 3x = 12.', 'number'],
    ['What fraction of 12 is 3?', null],
    ['Answer yes or no: is Pluto a planet?', 'yes_no'],
    ['True or false: the moon is made of cheese.', 'yes_no'],
    ['Summarize the following: How many people live here? 20.', null],
    ['What do you think about 3 body problem?', null],
    ['How much does it cost to build a house?', null],
    ['What is the meaning of life in 3 words?', null],
    ['Tell me about the 2 world wars.', null],
    ['What percentage of 60 is 15?', 'number'],
    ['Compare A) x and B) y.', null],
    ['Translate to French: How many dogs do you have?', null],
    ['List 5 fruits.', null],
    ['What are 3 tips for better sleep?', null],
    ['How should I invest 1000 dollars?', null],
    ['What is the best way to learn 2 languages at the same time?', null],
    ['Find the sum of the first 100 positive integers.', 'number'],
    ['Find a restaurant with 2 stars in Paris', null],
    ['What is the population of France?', null],
    ['What is the time complexity of quicksort with 2 pivots and 3 partitions?', null],
    ['What is the value of x if 2x+3=7?', 'number'],
    ['If 3 cats catch 3 mice in 3 minutes, how long will it take 100 cats to catch 100 mice?', 'number'],
    ['A bat and a ball cost $1.10 in total. The bat costs $1 more than the ball. How much does the ball cost?', 'number'],
    ['Which is bigger, 9.11 or 9.9?', null],
    ['Did Napoleon win the battle of Waterloo?', 'yes_no'],
    ['Is this code thread-safe?\n```js\nx\n```', null],
    ['Do you like music?', null],
    ['What time is it when 3 hours have passed since 5 pm?', null],
    ['Implement a function that counts how many vowels are in a string.', null],
    ['I have 3 apples and buy 5 more. How many do I have?', 'number'],
    ['Could you tell me how many legs 3 spiders have?', 'number'],
    ['Please compute 12 factorial.', 'number'],
    ['What is the square root of 144?', 'number'],
    ['In one word, what is the opposite of hot?', 'short'],
    ['What year did WW2 end? Reply with the year only.', 'short'],
    ['Give me only the number: how tall is Everest in meters?', 'number'],
    ['Create a table of the sales numbers: 3, 4, 5', null],
    ['What is the average price of a house in 2023?', null],
    ['What are the 3 laws of motion and the value of each?', null],
    ['What happens if I divide 1 by 0?', null],
    ['Has anyone been on Mars?', 'yes_no'],
    ['What is the probability of rolling a 6 on a fair die?', null],
    ['What was the purpose of the 3 pyramids?', null],
    ['What is the change log of version 2.3?', null],
    ['What are the rates of change in 2 models?', null],
    ['Review my code in the file and tell me how many bugs it has.', null],
    ['What is the scoring system of the 6 nations?', null],
    ['What are the costs and benefits of 4-day weeks in 3 countries?', null],
    ['My function takes 3 arguments and returns 2 values. What is the type of the return value?', null],
  ])('%j asks for %j', (question, kind) => {
    expect(extractorFor([user(question)])).toBe(kind);
  });

  it.each<[string, string, string | null]>([
    ['Answer with the letter of the correct option only.', 'Capital of France?\nA. Paris\nB. Rome', 'choice'],
    ['You are an expert. Return your result as valid JSON.', 'Bob is 5.', 'json'],
    ['You are a helpful assistant.', 'Write the letter to my boss.', null],
    ['Act as an expert software developer. Answer with SEARCH/REPLACE blocks.', 'How many files are there? Change them.', 'number'],
    ['', 'The function should return the number of vowels. It has a bug with 3 inputs', null],
    ['', 'Is this true? Yes or no?', 'yes_no'],
    ['', 'Name\nAge\nYear', null],
    ['Always answer with only a number.', 'Ages of Bob and Ann', 'number'],
  ])('under the system prompt %j, %j asks for %j', (system, question, kind) => {
    expect(extractorFor([{ role: 'system', content: system }, user(question)])).toBe(kind);
  });

  it.each([
    'Each pack of dvds costs 76 dollars. If there is a discount of 25 dollars on each pack, how much do you have to pay to buy each pack?',
    'Dan had $3 left with him after he bought a candy bar. If he had $4 at the start, how much did the candy bar cost?',
    'Paco had 26 salty cookies and 17 sweet cookies. He ate 14 sweet cookies and 9 salty cookies. How many salty cookies did Paco have left?',
    'What is the remainder when 2^100 is divided by 7?',
    'Find the greatest common divisor of 48 and 180.',
    'Let x = 3 and y = 4. What is x^2 + y^2?',
    'If f(x) = 2x + 3, what is f(5)?',
    'Evaluate 3! + 4!.',
    'A rectangle has length 8 and width 5. What is its area?',
    'The sum of two numbers is 20 and their difference is 4. What is the larger number?',
    'How far does light travel in 3 seconds?',
    'A store sells pens at $2 each. Tom buys 5. How much change does he get from a $20 bill?',
    'In how many ways can 5 people be seated in a row?',
    'A pizza is cut into 8 slices. Ann eats 3. What percent is left?',
    'Compute the sum 1 + 2 + ... + 100.',
    "What's 12 times 12?",
    'what is 25 percent of 480',
    'How much is 3 plus 4?',
    'If a car goes 60 km/h, how long does it take to go 150 km?',
    'Two trains are 300 miles apart. What is their average speed if they meet in 2 hours?',
    "Jane is 3 times as old as Tom. Tom is 7. What is Jane's age?",
    'By how much did the price rise if it went from $20 to $25?',
    'John bought 3 shirts for 15 dollars each. Find the total cost.',
    'What number is 5 more than 12?',
    'Determine the number of positive divisors of 36.',
    'What is the 10th Fibonacci number?',
    'Tom has twice as many marbles as Jim. Together they have 36. Work out how many marbles Jim has.',
    'How many seconds are there in a day? Please explain your steps.',
    'Ann earns $12 an hour and works 8 hours a day for 5 days. What are her weekly earnings?',
    'Jerry had some apples. He gave 5 away and has 7 left. How many did he start with? Please give the final answer after ####.',
    'Solve this problem: a farmer has 17 sheep and all but 9 die. How many are left?',
  ])('%j is a sum', (question) => {
    expect(extractorFor([user(question)])).toBe('number');
  });

  it.each([
    'How do I center a div?',
    'Explain how many layers the OSI model has and what each one does.',
    'Write a Python script that counts how many lines are in a file.',
    'Is there a difference between let and var?',
    'What should I cook with 3 eggs and 2 tomatoes?',
    'What is the plot of the movie 12 Angry Men?',
    'Give me 5 ideas for a birthday party for 10 people.',
    'My laptop has 8 GB RAM and a 256 GB disk. What is causing it to be slow?',
    'What is the difference between a 4-stroke and a 2-stroke engine?',
    'Can I mix 5W-30 and 10W-40 oil?',
    'Plan a trip of 3 days to Rome with a budget of 500 euros.',
    'Fix this: def f(x): retrun x + 1',
    'Translate "How old are you?" into German.',
    'What is the history of the number 0?',
    'How does compound interest work? I have 1000 dollars at 5%.',
    "I'm 25 and earn 3000 dollars. How should I invest 500 dollars a month?",
    'What are the side effects of taking 400 mg ibuprofen 3 times a day?',
    'Convert this paragraph to bullet points. It has 3 sentences.',
    'Refactor the function so that it takes 2 arguments.',
    'Tell me a joke.',
    'hi',
    'Thanks!',
    'Does anyone know how I can get 2 monitors to work?',
    'Is it worth buying a used car with 100000 miles?',
    'What would happen if the moon were 2 times closer?',
    'Compare the prices of 3 electric cars.',
    'Are you able to write code?',
    'Who won the world cup in 2018?',
    'When was the battle of Hastings?',
    'In Python 3, what is the value of using type hints?',
    'What is the average salary negotiation strategy?',
    'Proofread: I has 3 cat and 2 dogs.',
    'Design a database schema for a shop with 3 tables.',
    'What are the rules for 8-ball pool?',
    'Should we migrate from Postgres 12 to 15?',
    'Describe the total cost of ownership of 2 servers.',
    'Why does 0.1 + 0.2 != 0.3?',
    'Analyze the amount of rain in 2 cities.',
    'Name 3 countries in Europe.',
    'What does HTTP 404 mean?',
    'What is the role of the price mechanism in 2 market economies?',
    'What is the time signature of Money by Pink Floyd, 7/4 or 4/4?',
    'How many ways can you help me with 3 tasks?',
    'Please review the change in these 3 files.',
    'What changes in version 3 affect the 2 APIs?',
    'What is the size of the market for 3D printers and what are the trends?',
    'Give a detailed overview of the total population changes from 1950 to 2000.',
    'Could you rewrite this so it has 100 words?',
    'Make a table with the number of people in 3 cities.',
    'How much time should I spend on 3 hobbies?',
  ])('%j is none', (question) => {
    expect(extractorFor([user(question)])).toBeNull();
  });

  it('of the last user turn, in text parts too, whatever was said before', () => {
    const parts: Message = {
      role: 'user',
      content: [
        { type: 'text', text: 'How many cats are in the picture?' },
        { type: 'image_url', image_url: { url: 'data:image/png;base64,AA==' } },
      ],
    };
    expect(extractorFor([user('Write a poem.'), { role: 'assistant', content: 'Roses' }, parts])).toBe('number');
    expect(extractorFor([parts, { role: 'assistant', content: '2' }, user('Write a poem about them.')])).toBeNull();
    expect(extractorFor([])).toBeNull();
  });

  it('attached data and code do not', () => {
    expect(extractorFor([user('Summarize this.\n\n<stdin>\nHow many people live here?\n</stdin>')])).toBeNull();
    expect(extractorFor([user('How many lines end with a dot?\n\n<file path="a.txt">\nExplain why.\n</file>')])).toBe('number');
  });

  it('code within a line does not either', () => {
    expect(extractorFor([user('Is ```f(2)``` a prime number?')])).toBeNull();
    expect(extractorFor([user('Is this right? <document>How many are 2 cats?</document>')])).toBeNull();
  });

  it.each(['<file ', '<file>', '<stdin>\n', '<document> ', '``` ', '\n', ' ', ' \n', '. ', '\n- ', '1. ', 'answer in '])(
    'in little time, for 200,000 of %j in a turn or a system prompt',
    (piece) => {
      const text = piece.repeat(200_000);
      const started = performance.now();
      extractorFor([user(text)]);
      extractorFor([user(`How many are 2 cats? ${text}`)]);
      extractorFor([{ role: 'system', content: text }, user('What is 6 x 7?')]);
      extractorFor([...Array.from({ length: 1_000 }, () => ({ role: 'system' as const, content: text.slice(0, 200) })), user('Who?')]);
      expect(performance.now() - started).toBeLessThan(2_000);
    },
  );

  it('a question is found between a lot of white space', () => {
    expect(extractorFor([user(`How many are 2 cats?${' \t\n'.repeat(4_000)}Please explain your steps.`)])).toBe('number');
  });

  it('a demand at the end of a long system prompt is seen', () => {
    const rules = `${'Be kind. '.repeat(10_000)}\n\n   Answer with only a number.`;
    expect(extractorFor([{ role: 'system', content: rules }, user('Ages of Bob and Ann')])).toBe('number');
  });

  it('in little time, whatever the text', () => {
    const started = performance.now();
    for (const text of [
      '1+'.repeat(2_900),
      'how '.repeat(1_400),
      '(A) '.repeat(1_400),
      'please '.repeat(800),
      '"'.repeat(5_900),
      `what is ${'1'.repeat(5_000)}a`,
    ]) {
      extractorFor([user(text)]);
    }
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});

it('nearly all recorded word problems ask for a number', () => {
  const lines = readFileSync('recorded/gsm8k.jsonl', 'utf8').trim().split('\n');
  const questions = lines.map((line) => (JSON.parse(line) as { question: string }).question);
  const numbers = questions.filter((question) => extractorFor([user(question)]) === 'number');
  expect(questions.length).toBeGreaterThan(10);
  expect(numbers.length / questions.length).toBeGreaterThanOrEqual(0.95);
});
